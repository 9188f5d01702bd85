using System.Globalization;
using Ebb.Core.Workloads;
using NodaTime;

namespace Ebb.Core.Waves;

/// <summary>What an UpsScaler that selects its workloads tells of all of them.</summary>
public static class SelectionStatus
{
    /// <summary>So many are named.</summary>
    public const int Named = 10;

    private const int MostTroubles = 3;

    /// <summary>Its status.</summary>
    /// <param name="selection">The UpsScaler.</param>
    /// <param name="states">Of all workloads, whichever UpsScaler means them.</param>
    /// <param name="direction">Of the turn.</param>
    /// <param name="admins">Namespaces whose UpsScalers may select in others; null: any may.</param>
    /// <param name="now">The instant.</param>
    public static UpsScalerStatus Of(
        UpsScalerSelection selection,
        IReadOnlyList<WorkloadState> states,
        Direction direction,
        IReadOnlyCollection<string>? admins,
        Instant now
    )
    {
        ArgumentNullException.ThrowIfNull(selection);
        ArgumentNullException.ThrowIfNull(states);
        var (scaler, items) = (selection.Scaler, selection.Selected.Items);
        var own = states.Where(state => state.Member.Scaler.SelectedBy == scaler.Uid).ToList();
        var (phase, reason) =
            Faults(selection, admins) is { Count: > 0 } faults ? (WorkloadPhase.Refused, string.Join("; ", faults))
            : selection.Selected.Unknown is { } unknown ? (WorkloadPhase.Unknown, unknown)
            : (Phase(own, direction), Words(selection, own, states));
        return new UpsScalerStatus(
            phase,
            reason,
            scaler.Status is { } shown && shown.Phase == phase ? shown.Since : now,
            scaler.Generation,
            own.Select(state => state.ChangedBy).FirstOrDefault(by => by is not null)
        )
        {
            Selected = items.Count,
            Workloads = [.. items.Take(Named).Select(item => ObjectRef.Placed(item.Namespace, item.Name))],
        };
    }

    /// <summary>
    /// What is told at once, whatever the others do: one workload for each who undoes what was done, and one that the
    /// cluster refuses.
    /// </summary>
    public static IReadOnlyList<(string Reason, WorkloadState State)> Against(
        UpsScalerSelection selection,
        IReadOnlyList<WorkloadState> states
    )
    {
        ArgumentNullException.ThrowIfNull(selection);
        ArgumentNullException.ThrowIfNull(states);
        var own = states.Where(state => state.Member.Scaler.SelectedBy == selection.Scaler.Uid).ToList();
        return
        [
            .. own.Where(state => state.ChangedBy is not null)
                .DistinctBy(state => state.ChangedBy)
                .Select(state => ("Undone", state)),
            .. own.Where(state => state is { Phase: WorkloadPhase.Refused, Failure: not null, ChangedBy: null })
                .Take(1)
                .Select(state => ("Refused", state)),
        ];
    }

    /// <summary>Whether that is what is shown already, but for the time.</summary>
    public static bool IsShown(UpsScalerStatus? shown, UpsScalerStatus now)
    {
        ArgumentNullException.ThrowIfNull(now);
        return shown is not null
            && shown.Phase == now.Phase
            && shown.Reason == now.Reason
            && shown.ObservedGeneration == now.ObservedGeneration
            && shown.ChangedBy == now.ChangedBy
            && shown.Selected == now.Selected
            && shown.Workloads.SequenceEqual(now.Workloads);
    }

    private static List<string> Faults(UpsScalerSelection selection, IReadOnlyCollection<string>? admins)
    {
        List<string> faults = [.. selection.Faults];
        Stage.Read(selection.Scaler, faults);
        var (own, place) = (selection.Scaler.Ref.Namespace, selection.Scaler.TargetNamespace);
        if (admins is null || admins.Contains(own))
            return faults;
        if (selection.Type?.IsClusterScoped == true)
            faults.Add(UpsScalerFaults.ForAdmins(selection.Type, admins));
        else if (selection.SelectsNamespaces)
            faults.Add(UpsScalerFaults.NoNamespaceSelector(admins));
        else if (place != own)
            faults.Add(
                $"spec.namespace: expected \"{own}\", its own, found \"{place}\"; " + UpsScalerFaults.OnlyThere(admins)
            );
        return faults;
    }

    private static WorkloadPhase Phase(List<WorkloadState> own, Direction direction)
    {
        var phases = own.Select(state => state.Phase).Where(phase => phase != WorkloadPhase.Refused).ToHashSet();
        return own.Count == 0 ? WorkloadPhase.Awake
            : phases.Count == 0 ? WorkloadPhase.Refused
            : phases.Contains(WorkloadPhase.GoingToSleep) ? WorkloadPhase.GoingToSleep
            : phases.Contains(WorkloadPhase.Waking) ? WorkloadPhase.Waking
            : phases.Contains(WorkloadPhase.Unknown) ? WorkloadPhase.Unknown
            : !phases.Contains(WorkloadPhase.Awake) ? WorkloadPhase.Asleep
            : !phases.Contains(WorkloadPhase.Asleep) ? WorkloadPhase.Awake
            // Between two waves.
            : direction switch
            {
                Direction.Down => WorkloadPhase.GoingToSleep,
                Direction.Up => WorkloadPhase.Waking,
                _ => WorkloadPhase.Awake,
            };
    }

    private static string Words(
        UpsScalerSelection selection,
        List<WorkloadState> own,
        IReadOnlyList<WorkloadState> states
    )
    {
        var items = selection.Selected.Items;
        if (items.Count == 0)
            return "no workload has these labels";
        var counts = own.GroupBy(state => state.Phase)
            .OrderBy(phase => phase.Key)
            .Select(phase => string.Create(CultureInfo.InvariantCulture, $"{phase.Count()} {Word(phase.Key)}"));
        List<string> parts =
        [
            string.Create(CultureInfo.InvariantCulture, $"{items.Count} selected: {string.Join(", ", counts)}"),
        ];
        var troubles = own.Where(state =>
                state.Phase is WorkloadPhase.Refused or WorkloadPhase.Unknown
                || state.Late
                || state.ChangedBy is not null
            )
            .Take(MostTroubles)
            .Select(state => (state.Member.Scaler, state.Reason))
            .Select(it => $"{ObjectRef.Placed(it.Scaler.TargetNamespace, it.Scaler.TargetName ?? "")}: {it.Reason}");
        parts.AddRange(troubles);
        var mine = own.Select(state => (state.Member.Scaler.TargetNamespace, state.Member.Scaler.TargetName!))
            .ToHashSet();
        var others = items.Where(item => !mine.Contains(item)).ToList();
        if (others.Count > 0)
            parts.Add(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{others.Count} follow another UpsScaler: "
                        + $"{string.Join(", ", others.Take(MostTroubles).Select(item => Other(item, selection, states)))}"
                )
            );
        return string.Join("; ", parts);
    }

    private static string Other(
        (string Namespace, string Name) item,
        UpsScalerSelection selection,
        IReadOnlyList<WorkloadState> states
    )
    {
        var winner = states.FirstOrDefault(state =>
            state.Member.Type?.Name == selection.Type?.Name
            && state.Member.Scaler.TargetNamespace == item.Namespace
            && state.Member.Scaler.TargetName == item.Name
            && state.Member.Scaler.OwnUid != selection.Scaler.Uid
        );
        var by = winner is null ? "" : $" ({winner.Member.Scaler.Ref.Namespace}/{winner.Member.Scaler.Ref.Name})";
        return $"{ObjectRef.Placed(item.Namespace, item.Name)}{by}";
    }

    private static string Word(WorkloadPhase phase) =>
        phase switch
        {
            WorkloadPhase.Unknown => "not known",
            WorkloadPhase.Awake => "awake",
            WorkloadPhase.GoingToSleep => "going to sleep",
            WorkloadPhase.Asleep => "asleep",
            WorkloadPhase.Waking => "waking",
            WorkloadPhase.Refused => "refused",
            _ => throw new ArgumentOutOfRangeException(nameof(phase), phase, "unexpected value"),
        };
}
