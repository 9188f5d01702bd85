namespace Ebb.Tests.Nut.Rig;

/// <summary>Recordings that are not part of this repository (device dumps carry no licence); tests read them in place.</summary>
internal static class Facts
{
    /// <summary>A folder or file of the recordings, or the end of the test with the reason.</summary>
    internal static string Need(params string[] path)
    {
        var shared = Environment.GetEnvironmentVariable("EBB_SHARED") ?? BesideTheRepository();
        var place = shared is null ? null : Path.Combine([shared, "facts", .. path]);
        Assert.SkipUnless(
            place is not null && Path.Exists(place),
            "the recordings are not here (../shared/facts, or EBB_SHARED)"
        );
        return place!;
    }

    private static string? BesideTheRepository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Functions.sln")))
                return Path.Combine(folder.FullName, "..", "shared");
        return null;
    }
}
