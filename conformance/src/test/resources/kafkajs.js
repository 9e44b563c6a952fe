// kafkajs against the broker at argv[2]: admin and producer. Its consumer needs a group.
// Rejects, and so ends with code 1, where the broker does something else than Apache Kafka would.
'use strict';

const assert = require('node:assert');
const { CompressionTypes, ConfigResourceTypes, Kafka, logLevel } = require('kafkajs');

const kafka = new Kafka({ clientId: 'conformance', brokers: [process.argv[2]], logLevel: logLevel.ERROR });
const topic = 'kafkajs';

async function administer() {
  const admin = kafka.admin();
  await admin.connect();
  const wanted = { topic, numPartitions: 2, configEntries: [{ name: 'retention.ms', value: '86400000' }] };
  assert.equal(await admin.createTopics({ topics: [wanted] }), true);
  assert.equal(await admin.createTopics({ topics: [wanted] }), false);
  await admin.createPartitions({ topicPartitions: [{ topic, count: 3 }] });
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
  assert.deepEqual(topics[0].partitions.map((p) => p.partitionId).sort(), [0, 1, 2]);
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configNames: ['retention.ms'] }],
  });
  assert.equal(resources[0].configEntries[0].configValue, '86400000');
  await admin.alterConfigs({
    validateOnly: false,
    resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configEntries: [{ name: 'retention.ms', value: '-1' }] }],
  });
  const cluster = await admin.describeCluster();
  assert.equal(cluster.brokers.length, 1);
  assert.equal(cluster.controller, cluster.brokers[0].nodeId);
  await admin.createTopics({ topics: [{ topic: 'kafkajs-doomed' }], waitForLeaders: true });
  await admin.deleteTopics({ topics: ['kafkajs-doomed'] });
  assert.ok(!(await admin.listTopics()).includes('kafkajs-doomed'));
  return admin;
}

async function produce(settings, compression, from) {
  const producer = kafka.producer(settings);
  await producer.connect();
  const messages = [];
  for (let i = from; i < from + 100; i++) {
    messages.push({ partition: 0, key: `key-${i}`, value: `value-${i}`, headers: { who: 'kafkajs' }, timestamp: `${1000000 + i}` });
  }
  const [answer] = await producer.send({ topic, acks: -1, compression, messages });
  assert.equal(answer.errorCode, 0);
  assert.equal(answer.baseOffset, String(from));
  await producer.disconnect();
}

async function main() {
  const admin = await administer();
  await produce({}, CompressionTypes.None, 0);
  await produce({}, CompressionTypes.GZIP, 100);
  await produce({ idempotent: true, maxInFlightRequests: 1 }, CompressionTypes.None, 200);
  const offsets = await admin.fetchTopicOffsets(topic);
  const first = offsets.find((o) => o.partition === 0);
  assert.deepEqual([first.low, first.high], ['0', '300']);
  const byTime = await admin.fetchTopicOffsetsByTimestamp(topic, 1000150);
  assert.equal(byTime.find((o) => o.partition === 0).offset, '150');
  await admin.disconnect();
  console.log('done');
}

main().catch((e) => {
  console.error(e);
  process.exit(1);
});
