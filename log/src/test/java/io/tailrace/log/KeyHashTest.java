package io.tailrace.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Some of the test vectors that the authors of SipHash publish for 128 bits. */
class KeyHashTest {
  @ParameterizedTest
  @CsvSource({
    "0, a3817f04ba25a8e66df67214c7550293",
    "1, da87c1d86b99af44347659119b22fc45",
    "7, a1f1ebbed8dbc153c0b84aa61ff08239",
    "8, 3b62a9ba6258f5610f83e264f31497b4",
    "15, 5493e99933b0a8117e08ec0f97cfc3d9"
  })
  void agreesWithItsAuthors(int length, String hash) {
    ByteBuffer key = ByteBuffer.allocate(3 + length).position(3);
    for (int i = 0; i < length; i++) {
      key.put(3 + i, (byte) i);
    }
    KeyHash sipHash =
        new KeyHash(Long.reverseBytes(0x0001020304050607L), Long.reverseBytes(0x08090a0b0c0d0e0fL));
    sipHash.hash(key);
    ByteBuffer made =
        ByteBuffer.allocate(16)
            .putLong(Long.reverseBytes(sipHash.first()))
            .putLong(Long.reverseBytes(sipHash.second()));
    assertThat(HexFormat.of().formatHex(made.array())).isEqualTo(hash);
    assertThat(key.position()).isEqualTo(3);
  }
}
