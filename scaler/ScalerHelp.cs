using System.Reflection;

namespace Ebb.Scaler;

/// <summary>What <c>--help</c> and <c>--version</c> print.</summary>
internal static class ScalerHelp
{
    public const string Text = """
        Ebb's external scaler for KEDA: replica counts by the clock and from spare capacity.

        Ebb.Scaler [--Setting=value …]

          (nothing)   run, until it is told to stop
          --version   show the version, and that of the time zone data
          --help      show this

        Settings come from the environment (Scaler__Act=false) or the command line (--Scaler__Act=false);
        docs/settings.md lists them.

        Exit codes: 0 it was told to stop; 1 it could not start; 2 the settings are wrong.
        """;

    /// <summary>Of this build, without the commit.</summary>
    public static string Version =>
        typeof(ScalerHelp)
            .Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!
            .InformationalVersion.Split('+')[0];
}
