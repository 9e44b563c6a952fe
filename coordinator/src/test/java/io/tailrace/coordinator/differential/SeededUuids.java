package io.tailrace.coordinator.differential;

import java.nio.ByteBuffer;
import java.security.Provider;
import java.security.SecureRandomSpi;
import java.security.Security;
import java.util.Random;
import java.util.UUID;

/**
 * Takes the place of the random numbers behind {@link UUID#randomUUID} in this JVM, for Kafka's
 * code takes its member ids from there: a seed gives the same ids again, and what Kafka has drawn
 * can be given to the other side, so that both call a member by one id.
 *
 * <p>It is all that is static and changes here, because the JDK's generator is.
 */
final class SeededUuids {
  private static final String NAME = "SeededUuids";
  private static final Random RANDOM = new Random();
  private static UUID last;

  static {
    install();
  }

  private SeededUuids() {}

  /** The JDK makes its generator on the first use of randomUUID, of whoever comes first then. */
  @SuppressWarnings("ReturnValueIgnored")
  private static void install() {
    Security.insertProviderAt(new SeededProvider(), 1);
    UUID.randomUUID();
    Security.removeProvider(NAME);
    if (last == null) {
      throw new IllegalStateException(
          "A random UUID was drawn in this JVM before SeededUuids was there."
              + " JUnit does, too: these tests need a JVM of their own (see the pom).");
    }
  }

  static void seed(long seed) {
    RANDOM.setSeed(seed);
    // A fresh java.util.Random begins alike for seeds that are near each other.
    RANDOM.nextLong();
  }

  /** The UUID that was drawn last, once; null if none was. */
  static UUID takeLast() {
    UUID taken = last;
    last = null;
    return taken;
  }

  /** Public, as the JDK's security providers have to be. */
  public static final class SeededProvider extends Provider {
    private static final long serialVersionUID = 1;

    SeededProvider() {
      super(NAME, "1", "random UUIDs from a seed");
      putService(
          new Service(this, "SecureRandom", NAME, Generator.class.getName(), null, null) {
            @Override
            public Object newInstance(Object parameter) {
              return new Generator();
            }
          });
    }
  }

  private static final class Generator extends SecureRandomSpi {
    private static final long serialVersionUID = 1;

    @Override
    protected void engineSetSeed(byte[] seed) {}

    @Override
    protected void engineNextBytes(byte[] bytes) {
      RANDOM.nextBytes(bytes);
      if (bytes.length == 16) {
        ByteBuffer drawn = ByteBuffer.wrap(bytes);
        long high = drawn.getLong() & ~0xf000L | 0x4000L;
        long low = drawn.getLong() & 0x3fff_ffff_ffff_ffffL | 0x8000_0000_0000_0000L;
        last = new UUID(high, low);
      }
    }

    @Override
    protected byte[] engineGenerateSeed(int bytes) {
      return new byte[bytes];
    }
  }
}
