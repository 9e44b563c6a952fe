package io.tailrace.bench.jmh;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.FileRecords;
import io.tailrace.protocol.ProtocolWriter;
import io.tailrace.protocol.message.FetchResponse;
import io.tailrace.protocol.message.ProduceResponse;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Responses of the highest version, of one topic, into a writer that has been used before. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class ResponseEncoding {
  private static final UUID TOPIC_ID = new UUID(1, 2);
  private static final int RECORDS_BYTES = 1 << 20;

  @Param({"1", "100"})
  public int partitions;

  private final ProtocolWriter writer = new ProtocolWriter();
  private ProduceResponse produce = new ProduceResponse();
  private FetchResponse fetch = new FetchResponse();

  /** Stands for the slice of a log file, which is sent and never encoded. */
  private record FileSlice(int sizeInBytes) implements FileRecords {
    @Override
    public long transferTo(WritableByteChannel target, int done, int maxBytes) {
      throw new UnsupportedOperationException("nothing is sent here");
    }

    @Override
    public boolean readIfCached(ByteBuffer target, int from) {
      throw new UnsupportedOperationException("nothing is read here");
    }
  }

  @Setup
  public void fill() {
    var produced =
        IntStream.range(0, partitions)
            .mapToObj(i -> new ProduceResponse.PartitionProduceResponse().index(i).baseOffset(i))
            .toList();
    produce =
        new ProduceResponse()
            .responses(
                List.of(
                    new ProduceResponse.TopicProduceResponse()
                        .topicId(TOPIC_ID)
                        .partitionResponses(produced)));
    var fetched =
        IntStream.range(0, partitions)
            .mapToObj(i ->
                new FetchResponse.PartitionData()
                    .partitionIndex(i)
                    .records(new FileSlice(RECORDS_BYTES)))
            .toList();
    fetch =
        new FetchResponse()
            .responses(
                List.of(
                    new FetchResponse.FetchableTopicResponse()
                        .topicId(TOPIC_ID)
                        .partitions(fetched)));
  }

  @Benchmark
  public long produce() {
    writer.reset();
    produce.write(writer, ApiKey.PRODUCE.highestVersion());
    return writer.totalSize();
  }

  @Benchmark
  public long fetch() {
    writer.reset();
    fetch.write(writer, ApiKey.FETCH.highestVersion());
    return writer.totalSize();
  }
}
