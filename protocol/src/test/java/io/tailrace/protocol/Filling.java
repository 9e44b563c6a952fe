package io.tailrace.protocol;

import java.nio.charset.StandardCharsets;
import java.util.Random;

/** What goes into a message where its schema leaves a choice. */
interface Filling {
  /** The low bits are the number, whatever its width. */
  long number();

  /** UTF-8. */
  byte[] string();

  byte[] bytes();

  /** Whether something that may be null is. */
  boolean isNull();

  /** Elements of an array, or how often a tagged field occurs: properly at most once. */
  int count(String path);

  /** Whether all elements of an array are alike. */
  boolean isUniform();

  /** Valid messages of all kinds; everything follows from the seed. */
  static Filling random(long seed) {
    Random random = new Random(seed);
    return new Filling() {
      private static final long[] NUMBERS = {0, 0, 1, -1, -1, Long.MAX_VALUE, Long.MIN_VALUE};
      private static final String[] PIECES = {"a", "topic-", "Z.9", "ü", "√", "\uD83D\uDE80", "\0"};
      private static final int[] LENGTHS = {0, 1, 1, 2, 3, 5, 8, 130};

      @Override
      public boolean isUniform() {
        return false;
      }

      @Override
      public long number() {
        int choice = random.nextInt(2 * NUMBERS.length);
        return choice < NUMBERS.length ? NUMBERS[choice] : random.nextLong();
      }

      @Override
      public byte[] string() {
        if (random.nextInt(500) == 0) {
          return "x".repeat(Short.MAX_VALUE).getBytes(StandardCharsets.UTF_8);
        }
        boolean ascii = random.nextBoolean();
        StringBuilder text = new StringBuilder();
        for (int i = length(); i > 0; i--) {
          text.append(PIECES[random.nextInt(ascii ? 3 : PIECES.length)]);
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
      }

      @Override
      public byte[] bytes() {
        byte[] bytes = new byte[length() * (random.nextInt(50) == 0 ? 150 : 1)];
        random.nextBytes(bytes);
        return bytes;
      }

      private int length() {
        return LENGTHS[random.nextInt(LENGTHS.length)];
      }

      @Override
      public boolean isNull() {
        return random.nextInt(4) == 0;
      }

      @Override
      public int count(String path) {
        if (path.endsWith("*")) {
          return random.nextInt(2);
        }
        return random.nextInt(200) == 0 ? 130 : random.nextInt(4);
      }
    };
  }

  /**
   * Everything once and small, and one array or tagged field many times.
   *
   * @param repeated path of what is repeated; the arrays around it have one element
   * @param text every string
   * @param inner elements of the other arrays, and occurrences of the other tagged fields
   */
  static Filling repeating(String repeated, int times, String text, int inner) {
    byte[] string = text.getBytes(StandardCharsets.UTF_8);
    return new Filling() {
      @Override
      public boolean isUniform() {
        return true;
      }

      @Override
      public long number() {
        return 1;
      }

      @Override
      public byte[] string() {
        return string;
      }

      @Override
      public byte[] bytes() {
        return string;
      }

      @Override
      public boolean isNull() {
        return false;
      }

      @Override
      public int count(String path) {
        return path.equals(repeated) ? times : repeated.startsWith(path) ? 1 : inner;
      }
    };
  }
}
