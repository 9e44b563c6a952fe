package io.tailrace.metadata;

import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the name of a snapshot's file says, for example {@code
 * 00000000000000000042-0000000001.checkpoint} (KIP-630).
 *
 * @param endOffset behind the last record of the metadata log that the snapshot holds
 * @param epoch leader epoch of that record
 */
record SnapshotName(long endOffset, int epoch) {
  private static final Pattern FORM = Pattern.compile("(\\d{20})-(\\d{10})\\.checkpoint");

  /** Null if the file is no snapshot. */
  static @Nullable SnapshotName of(Path file) {
    Path name = file.getFileName();
    Matcher matcher = FORM.matcher(name == null ? "" : name.toString());
    if (!matcher.matches()) {
      return null;
    }
    try {
      return new SnapshotName(Long.parseLong(matcher.group(1)), Integer.parseInt(matcher.group(2)));
    } catch (NumberFormatException tooLarge) {
      return null;
    }
  }

  Path in(Path folder) {
    return folder.resolve("%020d-%010d.checkpoint".formatted(endOffset, epoch));
  }
}
