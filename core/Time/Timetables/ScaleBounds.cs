namespace Ebb.Core.Time.Timetables;

/// <summary>What is asked of a size; null where nothing is asked.</summary>
/// <param name="Min">The least number of replicas.</param>
/// <param name="Max">The greatest number of replicas.</param>
/// <param name="Cpu">Target utilisation of CPU in percent of the request.</param>
/// <param name="Memory">Target utilisation of memory in percent of the request.</param>
public readonly record struct ScaleBounds(int? Min, int? Max, int? Cpu = null, int? Memory = null)
{
    /// <summary>Nothing is asked.</summary>
    public static readonly ScaleBounds None;

    /// <summary>Whether a size is asked at all.</summary>
    public bool AsksSize => Min is not null || Max is not null;

    /// <summary>No replica: at most 0, or at least 0 with no other wish, which could mean nothing else.</summary>
    public bool AsksZero => Max == 0 || (Min == 0 && Max is null);

    /// <summary>
    /// The size that follows for what by itself would be <paramref name="size"/>; the floor wins over a ceiling below
    /// it.
    /// </summary>
    public int Of(int size) => AsksZero ? 0 : Math.Max(Math.Min(size, Max ?? int.MaxValue), Min ?? 0);
}
