// Reads the hub's built-in endpoint with @azure/event-hubs, from the first event on.
//
// Use:    const events = openEvents(hub); after(() => events.close());
//         const event = await events.find((event) => event.body?.n === 1, "event 1");
import { EventHubConsumerClient, earliestEventPosition } from "@azure/event-hubs";

import { eventually, kAnswerMs } from "./hub.mjs";

export function consumerClient(hub, options = {}) {
    if (!hub.ready.events) {
        throw new Error("not served: the ready file names no events endpoint");
    }
    const text = hub.ready.events.connection_string;
    return /EntityPath=/.test(text)
        ? new EventHubConsumerClient("$Default", text, options)
        : new EventHubConsumerClient("$Default", text, hub.ready.events.entity_path, options);
}

// All events of `client` from `position` on, as they come; of one partition
// or of all.
export function collect(client, position = earliestEventPosition,
    { partitionId, ...options } = {}) {
    const collected = { events: [], errors: [] };
    collected.subscription = client.subscribe(...(partitionId ? [partitionId] : []), {
        async processEvents(events, context) {
            collected.events.push(...events.map((event) =>
                Object.assign(event, { partitionId: context.partitionId })));
            collected.lastEnqueued = context.lastEnqueuedEventProperties;
        },
        async processError(error) { collected.errors.push(error); },
    }, { startPosition: position, maxWaitTimeInSeconds: 1, ...options });
    return collected;
}

export function openEvents(hub) {
    const client = consumerClient(hub);
    const collected = collect(client);
    const seen = () => {
        const failed = collected.errors.length > 0 ? `; errors: ${collected.errors}` : "";
        return `${collected.events.length} events seen${failed}`;
    };
    return {
        all: () => collected.events,
        async find(matches, what, ms = kAnswerMs) {
            try {
                return await eventually(() => collected.events.find(matches), what, ms);
            } catch (error) {
                throw new Error(`${error.message} (${seen()})`);
            }
        },
        async close() {
            await collected.subscription.close();
            await client.close();
        },
    };
}
