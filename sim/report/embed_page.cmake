# Turns the files of reports/page into one .cpp of string literals (see page_assets.h).
#
# Our own style sheet and scripts lose their indentation and whole-line comments on the way, because
# a page has to stay under 100 KB; the vendored files are taken as they are.

set(TEXT "#include \"report/page_assets.h\"\n\nnamespace twinstorm::report {\n")

# Compilers limit one literal's length, so a long file becomes several, which they join.
function(append_asset NAME CONTENT)
    string(LENGTH "${CONTENT}" LENGTH)
    set(LITERALS "")
    set(AT 0)
    while(AT LESS LENGTH)
        string(SUBSTRING "${CONTENT}" ${AT} 12000 PART)
        string(APPEND LITERALS "\nR\"twinstorm(${PART})twinstorm\"")
        math(EXPR AT "${AT} + 12000")
    endwhile()
    set(TEXT "${TEXT}\nconst std::string_view ${NAME} =${LITERALS};\n" PARENT_SCOPE)
endfunction()

function(read_squeezed FILE RESULT)
    file(READ ${FOLDER}/${FILE} CONTENT)
    set(CONTENT "\n${CONTENT}")
    string(REGEX REPLACE "\n +" "\n" CONTENT "${CONTENT}")
    string(REGEX REPLACE "\n//[^\n]*" "" CONTENT "${CONTENT}")
    string(REGEX REPLACE "\n/\\*[^\n]*\\*/" "" CONTENT "${CONTENT}")
    string(REGEX REPLACE "\n\n+" "\n" CONTENT "${CONTENT}")
    set(${RESULT} "${CONTENT}" PARENT_SCOPE)
endfunction()

read_squeezed(page.html HTML)
string(STRIP "${HTML}" HTML)
read_squeezed(page.css CSS)
string(REGEX REPLACE " *([{};:,]) +" "\\1" CSS "${CSS}")
read_squeezed(charts.js CHARTS)
read_squeezed(chart_layers.js LAYERS)
read_squeezed(page.js SCRIPT)
file(READ ${FOLDER}/uplot.iife.min.js UPLOT_SCRIPT)
file(READ ${FOLDER}/uplot.min.css UPLOT_CSS)
append_asset(kPageHtml "${HTML}")
append_asset(kPageCss "${CSS}")
append_asset(kPageScript "${CHARTS}${LAYERS}${SCRIPT}")
append_asset(kUplotScript "${UPLOT_SCRIPT}")
append_asset(kUplotCss "${UPLOT_CSS}")
file(WRITE ${OUTPUT} "${TEXT}\n}  // namespace twinstorm::report\n")
