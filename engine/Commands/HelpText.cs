namespace Ebb.Engine.Commands;

/// <summary>What <c>--help</c> prints.</summary>
internal static class HelpText
{
    public static string Of(string program) =>
        $"""
            Ebb keeps a Kubernetes cluster in step with power, schedules and spare capacity.

            {program} [COMMAND] [--Setting=value …]

              (nothing)      run, until it is told to stop
              check          validate the settings, ask the cluster, the UPS and the archive, list missing rights
              plan           show the waves as they would run now
              release --all  give every workload back what it was; the operator must not run beside it
              --version      show the version
              --help         show this

            Settings come from the environment (Power__OnBatteryFor=10s) or the command line (--Power__OnBatteryFor=10s),
            which wins; docs/settings.md lists them.

            Exit codes: 0 all is well; 1 something cannot be reached; 2 the arguments or settings are wrong; 3 something
            could not be given back in time; 4 a right, a definition or Ebb's namespace is missing.
            """;
}
