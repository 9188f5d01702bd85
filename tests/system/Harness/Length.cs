namespace Ebb.Tests.Harness;

/// <summary>How much is tried: EBB_LONG=1, as in .ci/run, or 2; not set, what takes no seconds by itself.</summary>
public static class Length
{
    internal const string Why = "takes many seconds; EBB_LONG=1 plays it, as .ci/run does";

    public static bool IsLong => Environment.GetEnvironmentVariable("EBB_LONG") is "1" or "2";
}
