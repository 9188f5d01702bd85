namespace Ebb.Core.Power;

/// <summary>Sources of one UPS that say what cannot be true of it at once.</summary>
internal static class Disagreement
{
    /// <summary>One sentence; null: they agree in everything that is decided on.</summary>
    public static string? Of(IReadOnlyList<(UpsReading Reading, StatusReading Status)> fresh)
    {
        // WAIT says nothing yet, and a source without a clear status does not contradict one that has it.
        var said = fresh.Where(f => f.Status.Mains is not null).ToList();
        var differ =
            Differ(said.Where(f => f.Status.Mains != Mains.Unknown).Select(f => f.Status.Mains == Mains.On))
            || Differ(said.Select(f => f.Status.Off))
            || Differ(said.Select(f => f.Status.Forced));
        return differ
            ? "sources disagree: "
                + string.Join("; ", said.Select(f => $"{f.Reading.Source} says \"{f.Reading.Flags}\""))
            : null;
    }

    private static bool Differ(IEnumerable<bool> said) => said.Distinct().Count() > 1;
}
