using System.Globalization;
using Ebb.Core.Selection;
using Ebb.Core.Time.Specs;

namespace Ebb.Core.Time.Sizing;

/// <summary>
/// A Schedule that selects its workloads: what becomes of each is an entry of its own, this one tells of all of them.
/// </summary>
/// <param name="Member">The Schedule.</param>
/// <param name="Selection">What it selects.</param>
/// <param name="Selected">Which workloads that are now.</param>
public sealed record SelectionEntry(IndexMember Member, WorkloadSelection Selection, SelectedWorkloads Selected)
    : IndexEntry
{
    /// <summary>So many are named in its status.</summary>
    public const int Named = 10;

    private const int MostTroubles = 3;

    /// <summary>The keys of the entries of its workloads.</summary>
    public IEnumerable<string> Targets =>
        Selected.Items.Select(item => TargetEntry.KeyOf(Id, item.Namespace, item.Name));

    private string Id { get; } = ScheduleTarget.IdOf(Selection.ApiVersion, Selection.Kind);

    /// <summary>The first of them.</summary>
    public IReadOnlyList<string> First =>
        [.. Selected.Items.Take(Named).Select(item => $"{item.Namespace}/{item.Name}")];

    /// <summary>Why some of them cannot be as it asks, the first by name; null: all can.</summary>
    /// <param name="troubles">By the key of the entry.</param>
    public string? Trouble(IReadOnlyDictionary<string, string> troubles)
    {
        ArgumentNullException.ThrowIfNull(troubles);
        if (Selected.Unknown is { } unknown)
            return unknown;
        var found = Targets.Where(troubles.ContainsKey).ToList();
        return found.Count == 0
            ? null
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{found.Count} of {Selected.Items.Count}: {string.Join("; ", found.Take(MostTroubles).Select(key => troubles[key]))}"
            );
    }

    /// <inheritdoc/>
    public bool Equals(SelectionEntry? other) => ReferenceEquals(this, other);

    /// <inheritdoc/>
    public override int GetHashCode() => base.GetHashCode();
}
