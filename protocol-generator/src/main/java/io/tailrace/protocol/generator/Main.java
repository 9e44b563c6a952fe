package io.tailrace.protocol.generator;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * {@code Main SCHEMAS OUTPUT}: generates a class for every schema below the first folder, and the
 * enum of APIs, into the second.
 */
final class Main {
  private static final String RUNTIME_PACKAGE = "io.tailrace.protocol";
  private static final String MESSAGE_PACKAGE = RUNTIME_PACKAGE + ".message";

  private Main() {}

  public static void main(String[] args) throws Exception {
    if (args.length != 2) {
      throw new IllegalArgumentException("usage: Main SCHEMAS OUTPUT");
    }
    List<Path> schemas = files(Path.of(args[0]), ".json");
    if (schemas.isEmpty()) {
      throw new IllegalArgumentException("There are no schemas in " + args[0]);
    }
    String stamp = stamp(schemas);
    OutputFolder output = new OutputFolder(Path.of(args[1]));
    if (!output.isMadeFrom(stamp)) {
      generate(schemas, output);
      output.finish(stamp);
    }
  }

  private static void generate(List<Path> schemas, OutputFolder output) throws IOException {
    List<MessageSpec> messages = new ArrayList<>();
    for (Path file : schemas) {
      try {
        messages.add(SchemaParser.parse(Files.readString(file)));
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
      }
    }
    for (MessageSpec message : messages) {
      if (!message.isRemoved()) {
        String text = ClassWriter.write(message, MESSAGE_PACKAGE, RUNTIME_PACKAGE);
        output.write(MESSAGE_PACKAGE, message.name(), text);
      }
    }
    output.write(MESSAGE_PACKAGE, "package-info", packageInfo());
    output.write(
        RUNTIME_PACKAGE, "ApiKey", ApiKeyWriter.write(messages, RUNTIME_PACKAGE, MESSAGE_PACKAGE));
  }

  private static String packageInfo() {
    return """
    /** Kafka's requests, responses and records, generated from its message schemas. */
    @org.jspecify.annotations.NullMarked
    package %s;
    """
        .formatted(MESSAGE_PACKAGE);
  }

  /** A hash of the generator and its input: what it makes depends on nothing else. */
  private static String stamp(List<Path> schemas) throws Exception {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    URI self = Main.class.getProtectionDomain().getCodeSource().getLocation().toURI();
    if (Files.isDirectory(Path.of(self))) {
      add(files(Path.of(self), ".class"), digest);
    } else {
      try (FileSystem jar = FileSystems.newFileSystem(Path.of(self))) {
        add(files(jar.getPath("/"), ".class"), digest);
      }
    }
    add(schemas, digest);
    return HexFormat.of().formatHex(digest.digest());
  }

  private static void add(List<Path> files, MessageDigest digest) throws IOException {
    for (Path file : files) {
      digest.update(Files.readAllBytes(file));
    }
  }

  private static List<Path> files(Path root, String ending) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files.filter(file -> file.toString().endsWith(ending)).sorted().toList();
    }
  }
}
