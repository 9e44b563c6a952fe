package io.tailrace.coordinator.group;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.HexFormat;

/**
 * XXH3, 64 bits, seed 0, default secret (the xxHash specification), of inputs of at least 4 bytes;
 * shorter ones are not needed here. The way of hashing depends on the length.
 */
final class Xxh3 {
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final long PRIME32_1 = 0x9E3779B1L;
  private static final long PRIME32_2 = 0x85EBCA77L;
  private static final long PRIME32_3 = 0xC2B2AE3DL;
  private static final long PRIME64_1 = 0x9E3779B185EBCA87L;
  private static final long PRIME64_2 = 0xC2B2AE3D27D4EB4FL;
  private static final long PRIME64_3 = 0x165667B19E3779F9L;
  private static final long PRIME64_4 = 0x85EBCA77C2B2AE63L;
  private static final long PRIME64_5 = 0x27D4EB2F165667C5L;
  private static final long MIX_1 = 0x165667919E3779F9L;
  private static final long MIX_2 = 0x9FB21C651E98DF25L;

  private static final byte[] SECRET =
      HexFormat.of()
          .parseHex(
              "b8fe6c3923a44bbe7c01812cf721ad1cded46de9839097db7240a4a4b7b3671f"
                  + "cb79e64eccc0e578825ad07dccff7221b8084674f743248ee03590e6813a264c"
                  + "3c2852bb91c300cb88d0658b1b532ea371644897a20df94e3819ef46a9deacd8"
                  + "a8fa763fe39c343ff9dcbbc7c70b4f1d8a51e04bcdb45931c89f7ec9d9787364"
                  + "eac5ac8334d3ebc3c581a0fffa1363eb170ddd51b7f0da49d316552629d4689e"
                  + "2b16be587d47a1fc8ff8b8d17ad031ce45cb3a8f95160428afd7fbcabb4b407e");

  private static final int STRIPE = 64;
  private static final int STRIPES_PER_BLOCK = 16;

  private Xxh3() {}

  static long hash(byte[] input, int length) {
    if (length < 4) {
      throw new IllegalArgumentException(length + " bytes are too few");
    }
    if (length <= 8) {
      return upTo8(input, length);
    }
    if (length <= 16) {
      return upTo16(input, length);
    }
    if (length <= 128) {
      return upTo128(input, length);
    }
    return length <= 240 ? upTo240(input, length) : longer(input, length);
  }

  private static long upTo8(byte[] input, int length) {
    long both = (readInt(input, length - 4) & 0xFFFFFFFFL) + ((long) readInt(input, 0) << 32);
    long h = both ^ secret(8) ^ secret(16);
    h ^= Long.rotateLeft(h, 49) ^ Long.rotateLeft(h, 24);
    h *= MIX_2;
    h ^= (h >>> 35) + length;
    h *= MIX_2;
    return h ^ (h >>> 28);
  }

  private static long upTo16(byte[] input, int length) {
    long low = readLong(input, 0) ^ secret(24) ^ secret(32);
    long high = readLong(input, length - 8) ^ secret(40) ^ secret(48);
    return avalanche(length + Long.reverseBytes(low) + high + fold(low, high));
  }

  private static long upTo128(byte[] input, int length) {
    long sum = length * PRIME64_1;
    for (int i = (length - 1) / 32; i >= 0; i--) {
      sum += mix(input, 16 * i, 32 * i);
      sum += mix(input, length - 16 * (i + 1), 32 * i + 16);
    }
    return avalanche(sum);
  }

  private static long upTo240(byte[] input, int length) {
    long sum = length * PRIME64_1;
    for (int i = 0; i < 8; i++) {
      sum += mix(input, 16 * i, 16 * i);
    }
    sum = avalanche(sum);
    for (int i = 8; i < length / 16; i++) {
      sum += mix(input, 16 * i, 16 * (i - 8) + 3);
    }
    return avalanche(sum + mix(input, length - 16, 119));
  }

  private static long longer(byte[] input, int length) {
    long[] lanes = {
      PRIME32_3, PRIME64_1, PRIME64_2, PRIME64_3, PRIME64_4, PRIME32_2, PRIME64_5, PRIME32_1
    };
    int stripes = (length - 1) / STRIPE;
    for (int stripe = 0; stripe < stripes; stripe++) {
      int inBlock = stripe % STRIPES_PER_BLOCK;
      accumulate(lanes, input, stripe * STRIPE, 8 * inBlock);
      if (inBlock == STRIPES_PER_BLOCK - 1) {
        scramble(lanes);
      }
    }
    accumulate(lanes, input, length - STRIPE, 121);
    long sum = length * PRIME64_1;
    for (int i = 0; i < 4; i++) {
      sum += fold(lanes[2 * i] ^ secret(11 + 16 * i), lanes[2 * i + 1] ^ secret(19 + 16 * i));
    }
    return avalanche(sum);
  }

  private static void accumulate(long[] lanes, byte[] input, int offset, int secretOffset) {
    for (int i = 0; i < lanes.length; i++) {
      long data = readLong(input, offset + 8 * i);
      long key = data ^ secret(secretOffset + 8 * i);
      lanes[i ^ 1] += data;
      lanes[i] += (key & 0xFFFFFFFFL) * (key >>> 32);
    }
  }

  private static void scramble(long[] lanes) {
    for (int i = 0; i < lanes.length; i++) {
      lanes[i] = (lanes[i] ^ (lanes[i] >>> 47) ^ secret(128 + 8 * i)) * PRIME32_1;
    }
  }

  private static long mix(byte[] input, int offset, int secretOffset) {
    return fold(
        readLong(input, offset) ^ secret(secretOffset),
        readLong(input, offset + 8) ^ secret(secretOffset + 8));
  }

  private static long fold(long a, long b) {
    return (a * b) ^ Math.unsignedMultiplyHigh(a, b);
  }

  private static long avalanche(long h) {
    h ^= h >>> 37;
    h *= MIX_1;
    return h ^ (h >>> 32);
  }

  private static long secret(int offset) {
    return readLong(SECRET, offset);
  }

  private static int readInt(byte[] bytes, int offset) {
    return (int) INT.get(bytes, offset);
  }

  private static long readLong(byte[] bytes, int offset) {
    return (long) LONG.get(bytes, offset);
  }
}
