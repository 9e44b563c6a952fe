package io.tailrace.bench;

import static java.util.stream.Collectors.toMap;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * What Linux tells about processes in {@code /proc} (proc(5)): CPU time, resident memory, context
 * switches, reads and writes, and who listens on a port.
 */
final class ProcFiles {
  /** USER_HZ, the unit of times in /proc/PID/stat: 100 on every architecture that runs a JDK 25. */
  private static final double TICKS_PER_SECOND = 100;

  private static final String LISTEN = "0A";

  private final Path proc;

  ProcFiles(Path proc) {
    this.proc = proc;
  }

  /** User and system time of all threads of {@code pid} so far, in seconds, to 10 ms. */
  double cpuSeconds(long pid) {
    String stat = read(proc.resolve(pid + "/stat"));
    // The second field is the command's name in parentheses and may hold spaces and parentheses.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    long userTicks = Long.parseLong(fields[14 - 3]);
    long systemTicks = Long.parseLong(fields[15 - 3]);
    return (userTicks + systemTicks) / TICKS_PER_SECOND;
  }

  long residentBytes(long pid) {
    return number(read(proc.resolve(pid + "/status")), "VmRSS:") * 1024;
  }

  /** Voluntary and other context switches so far of each thread of {@code pid}, by its id. */
  Map<String, Long> contextSwitches(long pid) {
    try (Stream<Path> threads = Files.list(proc.resolve(pid + "/task"))) {
      return threads.collect(toMap(path -> path.getFileName().toString(), ProcFiles::switchesOf));
    } catch (IOException e) {
      throw new BenchException("cannot list the threads of process " + pid, e);
    }
  }

  private static long switchesOf(Path thread) {
    String status;
    try {
      status = Files.readString(thread.resolve("status"));
    } catch (IOException e) {
      return 0; // it has ended meanwhile
    }
    return number(status, "voluntary_ctxt_switches:")
        + number(status, "nonvoluntary_ctxt_switches:");
  }

  /**
   * System calls of {@code pid} so far that read or write anything, sockets included; one that does
   * both (sendfile) counts twice. None if the process is somebody else's.
   */
  OptionalLong readsAndWrites(long pid) {
    try {
      String io = Files.readString(proc.resolve(pid + "/io"));
      return OptionalLong.of(number(io, "syscr:") + number(io, "syscw:"));
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  /** Memory that can be had without swapping, in bytes. */
  long availableBytes() {
    return number(read(proc.resolve("meminfo")), "MemAvailable:") * 1024;
  }

  /** The process on this machine that listens on TCP port {@code port}, if we may see it. */
  OptionalLong listenerOn(int port) {
    for (String table : List.of("net/tcp", "net/tcp6")) {
      for (String line : read(proc.resolve(table)).lines().skip(1).toList()) {
        String[] fields = line.strip().split("\\s+", -1);
        if (fields[3].equals(LISTEN) && portOf(fields[1]) == port) {
          return ownerOf("socket:[" + fields[9] + "]");
        }
      }
    }
    return OptionalLong.empty();
  }

  private static int portOf(String addressAndPort) {
    return Integer.parseInt(addressAndPort.substring(addressAndPort.indexOf(':') + 1), 16);
  }

  private OptionalLong ownerOf(String socket) {
    try (Stream<Path> entries = Files.list(proc)) {
      return entries
          .filter(entry -> entry.getFileName().toString().chars().allMatch(Character::isDigit))
          .filter(process -> holds(process, socket))
          .mapToLong(process -> Long.parseLong(process.getFileName().toString()))
          .findFirst();
    } catch (IOException e) {
      throw new BenchException("cannot list " + proc + ": " + e.getMessage(), e);
    }
  }

  private static boolean holds(Path process, String socket) {
    try (Stream<Path> files = Files.list(process.resolve("fd"))) {
      return files.anyMatch(file -> linkTarget(file).equals(socket));
    } catch (IOException e) {
      return false; // somebody else's process, or it has ended
    }
  }

  private static String linkTarget(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (IOException e) {
      return ""; // closed meanwhile
    }
  }

  private static long number(String file, String name) {
    for (String line : file.lines().toList()) {
      if (line.startsWith(name)) {
        return Long.parseLong(line.substring(name.length()).replace("kB", "").strip());
      }
    }
    throw new BenchException("no " + name + " among what /proc tells: is this Linux?");
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new BenchException("cannot read " + file + " (has the process ended?)", e);
    }
  }
}
