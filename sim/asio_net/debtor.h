// A conversation that is not done yet when its peer has closed its half of the connection.
//
// Why:    a driver closes what has nothing to send once the peer sends no more; but an HTTP client
//         may close its half right after its request, and the answer comes minutes later.
#pragma once

namespace twinstorm::asio_net {

class Debtor {
public:
    Debtor() = default;
    Debtor(const Debtor&) = delete;
    Debtor& operator=(const Debtor&) = delete;
    [[nodiscard]] virtual bool owes_answer() const = 0;

protected:
    ~Debtor() = default;
};

}  // namespace twinstorm::asio_net
