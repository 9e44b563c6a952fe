package io.tailrace.broker;

import io.tailrace.broker.config.Listener;
import io.tailrace.log.DataDirectoryException;
import io.tailrace.log.DirectoryInUseException;
import java.io.IOException;
import java.net.BindException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A broker could not start. The message is for its user: one line that says what is wrong, where,
 * and what to do.
 */
public final class BrokerStartException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient @Nullable Path heldLockFile;

  public BrokerStartException(String message, @Nullable Throwable cause) {
    this(message, cause, null);
  }

  private BrokerStartException(
      String message, @Nullable Throwable cause, @Nullable Path heldLockFile) {
    super(message, cause);
    this.heldLockFile = heldLockFile;
  }

  /** The lock file that another process holds, if that is the reason; null otherwise. */
  public @Nullable Path heldLockFile() {
    return heldLockFile;
  }

  /** The listener's address could not be bound. */
  public static BrokerStartException cannotListen(Listener listener, Exception cause) {
    String reason = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
    String what = "can't listen on " + listener.address() + ": ";
    if (cause instanceof UnresolvedAddressException || cause instanceof UnknownHostException) {
      what += "the name " + listener.host() + " is not known; choose another with --listen";
    } else if (reason.contains("in use")) {
      what +=
          "port "
              + listener.port()
              + " is in use; see by whom with 'ss -ltnp sport = :"
              + listener.port()
              + "' (macOS: 'lsof -i :"
              + listener.port()
              + "'), or choose another with --listen";
    } else if (cause instanceof BindException && reason.contains("assign")) {
      what += "this machine has no such address; choose another with --listen";
    } else if (reason.contains("permission denied")) {
      what += "ports below 1024 are reserved; choose another with --listen";
    } else {
      what += cause.getMessage() + "; choose another with --listen";
    }
    return new BrokerStartException(what, cause);
  }

  /** A data folder is not this broker's, or can't be used. */
  static BrokerStartException dataFolder(DataDirectoryException e) {
    return switch (e.reason()) {
      case DirectoryInUseException held -> dataFolderHeld(e.directory(), held.lockFile());
      case IOException reason -> dataFolder(e.directory(), reason);
    };
  }

  /** The data folder could not be made, read or written. */
  public static BrokerStartException dataFolder(Path folder, IOException cause) {
    String reason = String.valueOf(cause.getMessage());
    String what = "data folder " + folder + ": ";
    if (reason.contains("No space left")) {
      what += "the disk is full; make room, or choose another with --data";
    } else if (reason.contains("Read-only")) {
      what += "the file system is read-only; choose another with --data";
    } else if (cause instanceof AccessDeniedException denied) {
      what +=
          "no permission to write "
              + denied.getFile()
              + "; run as its owner, or choose another with --data";
    } else if (cause instanceof FileAlreadyExistsException there) {
      what += there.getFile() + " is a file, not a folder; choose another with --data";
    } else if (cause instanceof FileSystemException e && e.getReason() != null) {
      what += e.getReason() + " (" + e.getFile() + "); choose another with --data";
    } else {
      what += reason;
    }
    return new BrokerStartException(what, cause);
  }

  /** Another process, or another broker in this one, works on the data folder. */
  public static BrokerStartException dataFolderHeld(Path folder, Path lockFile) {
    return new BrokerStartException(
        "data folder "
            + folder
            + " is in use by another broker; stop that one, or choose another folder with --data",
        null,
        lockFile);
  }
}
