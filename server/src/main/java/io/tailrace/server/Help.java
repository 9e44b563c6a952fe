package io.tailrace.server;

/** What {@code tailrace help} prints. */
final class Help {
  static final String TEXT =
      """
      Usage: tailrace COMMAND

        start     run a broker here until Ctrl-C
        group     list                 consumer groups, and how far they are behind
                  describe GROUP       the same by partition, with the members
        doctor    check data folders that no broker uses, and repair them
        bench     measure a running broker (bench --help)
        build     build the jars from the sources anew
        version   print the version
        help      print this

      Options of start:
        --listen HOST:PORT      address to listen on; :PORT is all interfaces  (127.0.0.1:9092)
        --advertise HOST:PORT   address that clients are told                  (as --listen)
        --data DIR              folder for data; may be repeated, for disks    (./data)
        --config FILE           settings under Kafka's names, as server.properties
        -o NAME=VALUE           one setting; may be repeated
        --log-level LEVEL       error, warning, info, debug or trace           (info)
        --debug                 a stack trace where the broker can't start

      Options of group:
        --bootstrap HOST:PORT   a broker of the cluster, Tailrace or Kafka     (127.0.0.1:9092)
        --json                  for programs: times in ms, null for unknown

      Options of doctor:
        --data, --config, -o    the folders and settings, as for start         (./data)
        --repair                mend what is wrong, after listing what that means
        --yes                   repair without being asked again
        --json                  for programs
      It exits with 0 if all is fine, 1 if there are problems, 2 if it could not look.

      A setting NAME may also be given as environment variable TAILRACE_NAME, in capitals and with
      underscores for dots: TAILRACE_NUM_PARTITIONS=3. Stronger sources win: defaults, then the
      file, the environment, -o, and the options above. docs/configuration.md lists all settings.

      Ctrl-C, SIGTERM or SIGHUP stop the broker cleanly (exit code 0); a second one ends it at once.
      Exit code 1: the broker could not start, or there is no answer. 2: the command line was not
      understood.\
      """;

  private Help() {}
}
