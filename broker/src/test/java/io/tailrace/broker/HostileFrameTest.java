package io.tailrace.broker;

import static io.tailrace.broker.Wire.batch;
import static io.tailrace.broker.Wire.put;
import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.protocol.ApiKey;
import io.tailrace.protocol.ErrorCode;
import io.tailrace.protocol.Message;
import io.tailrace.protocol.message.ApiVersionsRequest;
import io.tailrace.protocol.message.ApiVersionsResponse;
import io.tailrace.protocol.message.ApiVersionsResponse.ApiVersion;
import io.tailrace.testkit.WireClient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Bytes that no client sends. Each ends in an answer or a closed connection, another connection
 * works on, and no error of ours is logged (that is checked when the broker is closed).
 */
class HostileFrameTest {
  @TempDir Path folder;
  private TestBroker broker;
  private WireClient neighbour;

  @BeforeEach
  void start() throws IOException {
    broker = TestBroker.start(folder, "connections.max.idle.ms", "60000");
    neighbour = broker.connect();
    broker.createTopic(neighbour, "t", 1);
  }

  @AfterEach
  void stop() throws IOException {
    assertThat(put(neighbour, "t", 0, batch("the neighbour works on")).errorCode()).isZero();
    broker.close();
  }

  private WireClient victim() throws IOException {
    return new WireClient(broker.broker().bootstrapServers());
  }

  private void expectClosed(byte... bytes) throws IOException {
    try (WireClient client = victim()) {
      client.sendRaw(bytes);
      assertThat(client.isClosedByBroker()).as(Arrays.toString(bytes)).isTrue();
    }
  }

  private static byte[] ints(int... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length);
    Arrays.stream(values).forEach(bytes::putInt);
    return bytes.array();
  }

  /** A request header of version 1 with its length. */
  private static byte[] header(int key, int version) {
    return ByteBuffer.allocate(14)
        .putInt(10)
        .putShort((short) key)
        .putShort((short) version)
        .putInt(1)
        .putShort((short) -1)
        .array();
  }

  @Test
  void lengthsThatAreNone() throws IOException {
    for (int length : new int[] {-1, 0, 1, 7, Integer.MAX_VALUE, Integer.MIN_VALUE, 200 << 20}) {
      expectClosed(ints(length, 0, 0, 0));
    }
    try (WireClient known = victim()) {
      known.<ApiVersionsResponse>call(new ApiVersionsRequest(), 0);
      known.sendRaw(ints((100 << 20) + 1));
      assertThat(known.isClosedByBroker()).as("over socket.request.max.bytes").isTrue();
    }
  }

  @Test
  void keysAndVersionsThatAreNotServed() throws IOException {
    for (int key : new int[] {-1, 4, 99, 1000, Short.MAX_VALUE, Short.MIN_VALUE}) {
      expectClosed(header(key, 0));
    }
    for (int version : new int[] {-1, 2, 14, Short.MAX_VALUE}) {
      expectClosed(header(ApiKey.PRODUCE.id(), version));
    }
  }

  @Test
  void unknownApiVersionsAreAnsweredWithTheKnownOnes() throws IOException {
    try (WireClient client = victim()) {
      client.sendRaw(header(ApiKey.API_VERSIONS.id(), 99));
      client.expectAnswer(new ApiVersionsRequest(), 0);
      ByteBuffer frame = ByteBuffer.wrap(client.receiveFrame());
      assertThat(frame.getInt()).as("correlation id").isEqualTo(1);
      assertThat(frame.getShort()).isEqualTo(ErrorCode.UNSUPPORTED_VERSION.code());
      assertThat(frame.getInt()).as("one key").isEqualTo(1);
      assertThat(frame.getShort()).isEqualTo(ApiKey.API_VERSIONS.id());
    }
  }

  @Test
  void frameThatNeverEnds() throws IOException {
    try (WireClient client = victim();
        WireClient large = victim()) {
      client.sendRaw(ints(1000, 0));
      large.<ApiVersionsResponse>call(new ApiVersionsRequest(), 0);
      large.sendRaw(ints(90 << 20, 0));
      for (int i = 0; i < 100; i++) {
        put(neighbour, "t", 0, batch("v" + i));
        client.sendRaw(new byte[1]);
      }
      assertThat(client.answersWithin(1)).isFalse();
    }
  }

  private List<ApiVersion> served() throws IOException {
    return neighbour.<ApiVersionsResponse>call(new ApiVersionsRequest(), 0).apiKeys();
  }

  /** Sends a frame, and a good one behind it; waits for an answer or the end of the connection. */
  private void expectEnd(ApiKey key, byte[] frame, String what) throws IOException {
    try (WireClient client = victim()) {
      client.sendRaw(frame);
      client.sendRaw(client.frame(new ApiVersionsRequest(), 0));
      // A fetch may wait for longer than we do.
      int waitMs = key == ApiKey.FETCH ? 20 : 20_000;
      try {
        boolean answered = client.answersWithin(waitMs);
        assertThat(answered || key == ApiKey.FETCH).as(what).isTrue();
      } catch (IOException e) {
        // Closed.
      }
    }
  }

  @Test
  void garbageBodies() throws IOException {
    garbageBodies(1, 3);
  }

  @Test
  @Tag("campaign")
  void garbageBodiesForLong() throws IOException {
    for (int seed = 100; seed < 120; seed++) {
      garbageBodies(seed, 20);
    }
  }

  private void garbageBodies(long seed, int rounds) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    for (ApiVersion api : served()) {
      for (int version = api.minVersion(); version <= api.maxVersion(); version++) {
        for (int round = 0; round < rounds; round++) {
          byte[] body = new byte[random.nextInt(200)];
          random.nextBytes(body);
          if (random.nextBoolean()) {
            // Small numbers pass more checks than any.
            for (int i = 0; i < body.length; i++) {
              body[i] &= (byte) (random.nextInt(4) == 0 ? 3 : 0);
            }
          }
          byte[] frame =
              ByteBuffer.allocate(14 + body.length)
                  .put(header(api.apiKey(), version))
                  .put(body)
                  .putInt(0, 10 + body.length)
                  .array();
          String what = "seed %d: %s v%d".formatted(seed, ApiKey.forId(api.apiKey()), version);
          expectEnd(ApiKey.forId(api.apiKey()), frame, what);
        }
      }
    }
  }

  private byte[] frame(Message request, int version) throws IOException {
    try (WireClient framer = victim()) {
      return framer.frame(request, version);
    }
  }

  @Test
  void validRequestsCutAndChanged() throws IOException {
    validRequestsCutAndChanged(1, 20);
  }

  @Test
  @Tag("campaign")
  void validRequestsCutAndChangedForLong() throws IOException {
    for (int seed = 100; seed < 120; seed++) {
      validRequestsCutAndChanged(seed, 200);
    }
  }

  private void validRequestsCutAndChanged(long seed, int rounds) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    for (Message request : ValidRequests.all()) {
      ApiKey key = ValidRequests.key(request);
      for (int round = 0; round < rounds; round++) {
        byte[] valid =
            frame(request, random.nextInt(key.lowestVersion(), key.highestVersion() + 1));
        byte[] frame = Arrays.copyOf(valid, valid.length);
        if (random.nextInt(3) == 0) {
          frame = Arrays.copyOf(valid, 12 + random.nextInt(valid.length - 12));
          ByteBuffer.wrap(frame).putInt(0, frame.length - 4);
        } else {
          for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
            frame[8 + random.nextInt(frame.length - 8)] = (byte) random.nextInt();
          }
        }
        expectEnd(key, frame, "seed " + seed + ": " + key + " round " + round);
      }
    }
  }
}
