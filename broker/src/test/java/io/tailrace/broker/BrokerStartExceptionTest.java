package io.tailrace.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.tailrace.broker.config.Listener;
import java.io.IOException;
import java.net.BindException;
import java.net.SocketException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every reason has one line that names the place and a way out. */
class BrokerStartExceptionTest {
  private static final Path FOLDER = Path.of("/data");

  static Stream<Arguments> folders() {
    return Stream.of(
        Arguments.of(new IOException("No space left on device"), "the disk is full"),
        Arguments.of(
            new FileSystemException("/data/x", null, "No space left on device"), "disk is full"),
        Arguments.of(new FileSystemException("/data", null, "Read-only file system"), "read-only"),
        Arguments.of(
            new AccessDeniedException("/data/.lock"), "no permission to write /data/.lock"),
        Arguments.of(new FileAlreadyExistsException("/data"), "/data is a file, not a folder"),
        Arguments.of(
            new FileSystemException("/data/x", null, "Not a directory"), "Not a directory"));
  }

  @ParameterizedTest
  @MethodSource("folders")
  void folder(IOException cause, String part) {
    assertThat(BrokerStartException.dataFolder(FOLDER, cause))
        .hasCause(cause)
        .message()
        .startsWith("data folder /data: ")
        .contains(part)
        .contains("--data")
        .doesNotContain("\n");
  }

  static Stream<Arguments> addresses() {
    return Stream.of(
        Arguments.of(new BindException("Address already in use"), "port 9092 is in use"),
        Arguments.of(new BindException("Cannot assign requested address"), "no such address"),
        Arguments.of(new SocketException("Permission denied"), "below 1024"),
        Arguments.of(new UnresolvedAddressException(), "the name h is not known"),
        Arguments.of(new IOException("whatever"), "whatever"));
  }

  @ParameterizedTest
  @MethodSource("addresses")
  void address(Exception cause, String part) {
    assertThat(BrokerStartException.cannotListen(new Listener("PLAINTEXT", "h", 9092), cause))
        .hasCause(cause)
        .message()
        .startsWith("can't listen on h:9092: ")
        .contains(part)
        .contains("--listen")
        .doesNotContain("\n");
  }
}
