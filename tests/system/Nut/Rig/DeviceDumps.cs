using Ebb.Tests.Harness;

namespace Ebb.Tests.Nut.Rig;

/// <summary>
/// Dumps of real devices (networkupstools/nut-ddl), which state no licence and are therefore not part of this
/// repository.
/// </summary>
internal static class DeviceDumps
{
    /// <summary>A folder or file of the dumps, or the end of the test with the reason.</summary>
    internal static string Need(params string[] path)
    {
        var shared = Environment.GetEnvironmentVariable("EBB_SHARED") ?? Path.Combine(Repository.Root, "..", "shared");
        var place = Path.Combine([shared, "facts", "nut", "dev", .. path]);
        Assert.SkipUnless(
            Path.Exists(place),
            "the device dumps carry no licence and are read in place (../shared/facts/nut/dev, or EBB_SHARED)"
        );
        return place;
    }
}
