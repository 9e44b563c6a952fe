// A consumer in a group with kafkajs, which prints what GroupMember.java says.
// Arguments: bootstrap servers, group, topic, session timeout and heartbeat interval in ms.
'use strict';

const { Kafka, logLevel } = require('kafkajs');

const [bootstrap, groupId, topic, sessionTimeout, heartbeatInterval] = process.argv.slice(2);
const kafka = new Kafka({
  clientId: 'js',
  brokers: [bootstrap],
  logLevel: logLevel.NOTHING,
  retry: { initialRetryTime: 50, maxRetryTime: 200, retries: 200 },
});
const consumer = kafka.consumer({
  groupId,
  sessionTimeout: Number(sessionTimeout),
  heartbeatInterval: Number(heartbeatInterval),
  rebalanceTimeout: 10000,
  maxWaitTimeInMs: 50,
});

// Standard output is a file here: written before this returns.
const say = (line) => process.stdout.write(`${line}\n`);

consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
  say('owns ');
  say(`owns ${(payload.memberAssignment[topic] || []).join(',')}`);
});

async function main() {
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    // A batch's offsets are committed at its end.
    eachBatch: async ({ batch, resolveOffset }) => {
      for (const { offset, key, value } of batch.messages) {
        say(`record ${batch.partition} ${offset} ${key} ${value}`);
        resolveOffset(offset);
      }
    },
  });
}

process.on('SIGTERM', async () => {
  await consumer.disconnect();
  say('closed');
  process.exit(0);
});

main().catch((e) => {
  console.error(e);
  process.exit(1);
});
