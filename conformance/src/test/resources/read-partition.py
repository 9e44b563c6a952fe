"""Prints partition 0 of the topic argv[2] of the broker at argv[1]: offset, key and value a line."""

import sys

from kafka import KafkaConsumer, TopicPartition

partition = TopicPartition(sys.argv[2], 0)
consumer = KafkaConsumer(bootstrap_servers=sys.argv[1], fetch_max_wait_ms=20)
consumer.assign([partition])
consumer.seek_to_beginning(partition)
(end,) = consumer.end_offsets([partition]).values()
while consumer.position(partition) < end:
    for records in consumer.poll(timeout_ms=100).values():
        for record in records:
            value = "NULL" if record.value is None else record.value.decode()
            print(record.offset, record.key.decode(), value)
consumer.close()
