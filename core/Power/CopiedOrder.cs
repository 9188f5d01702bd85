using NodaTime;
using NodaTime.Text;

namespace Ebb.Core.Power;

/// <summary>
/// An order that comes back from a copy of the cluster, without the status that said that it was carried out long ago.
/// </summary>
public static class CopiedOrder
{
    /// <summary>What Velero sets on everything that it restores.</summary>
    public const string RestoredLabel = "velero.io/restore-name";

    /// <summary>Between the name and the object lies one request, and what clocks differ by.</summary>
    private static readonly Duration Longest = Duration.FromMinutes(10);
    private static readonly LocalDateTimePattern Named = LocalDateTimePattern.CreateWithInvariantCulture(
        "uuuuMMdd'-'HHmmss"
    );

    /// <summary>The beginning of the name of an order that Ebb makes, in UTC.</summary>
    public const string NameFormat = "yyyyMMdd-HHmmss-fff";

    /// <summary>Why an order that nobody has looked at must not count; null: it is none.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="at">When this object was stored, by the server's clock.</param>
    /// <param name="restored">It has <see cref="RestoredLabel"/>.</param>
    /// <param name="now">By the clock that names orders: one that is behind has named a new one likewise.</param>
    public static string? Fault(string name, Instant at, bool restored, Instant now)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (restored)
            return $"it comes from a backup ({RestoredLabel}): what is wanted now must be asked anew";
        return
            name.Length > NameFormat.Length
            && Named.Parse(name[..NameFormat.LastIndexOf('-')]) is { Success: true, Value: var asked }
            && asked.InUtc().ToInstant() is var then
            && at - then > Longest
            && now - then > Longest
            ? $"it was asked for at {InstantPattern.General.Format(then)} and comes from a copy: what is wanted now must "
                + "be asked anew"
            : null;
    }
}
