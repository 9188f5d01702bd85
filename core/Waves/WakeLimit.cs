namespace Ebb.Core.Waves;

/// <summary>How many workloads may be starting at once on the way up.</summary>
/// <param name="Most">1 or more; null: a whole wave.</param>
/// <param name="Because">Who limits it, or why nothing does.</param>
public sealed record WakeLimit(int? Most, string Because)
{
    /// <summary>A whole wave.</summary>
    public static readonly WakeLimit None = new(null, "nothing limits it");

    /// <summary>One clause.</summary>
    public override string ToString() =>
        Most is { } most ? $"at most {most} start at once ({Because})" : $"a whole wave starts at once ({Because})";
}
