using Ebb.Core.Time.Sizing;
using Ebb.Core.Time.Specs;
using Ebb.Core.Time.Timetables;
using Ebb.Core.Workloads;
using Ebb.Engine.Claims;
using NodaTime;

namespace Ebb.Engine.Schedules;

/// <summary>What one scaled object is decided from, read from memory, and what follows.</summary>
internal sealed class ScheduleSituation(IScheduleCluster cluster, bool nobodyAsks)
{
    /// <summary>What is to be done now, as its schedules ask and everything behind it is.</summary>
    public SizingPlan Decide(IndexEntry entry, ScheduleState? state, Func<SleepingTargets> sleepers, Instant now) =>
        entry switch
        {
            ScalerEntry { Scaler: var scaler } one => ServiceScalerDecision.Decide(
                scaler,
                one.Spec,
                state,
                cluster.Find(ScheduleTarget.Hpa, scaler.Ref.Namespace, scaler.Ref.Name),
                sleepers().Of(new WorkloadName("Deployment", scaler.Ref.Namespace, scaler.Ref.Name))
            ),
            TargetEntry { Target: { } target } one => Adopted(
                one,
                state is null ? SizingPlan.Settled : TargetDecision.Decide(Situation(one, target, state, sleepers, now))
            ),
            TargetEntry => SizingPlan.Settled,
            _ => throw new ArgumentOutOfRangeException(
                nameof(entry),
                entry.GetType().Name,
                "an entry that is not known"
            ),
        };

    /// <summary>Whose child a Schedule is comes after what it asks for.</summary>
    private static SizingPlan Adopted(TargetEntry entry, SizingPlan finding) =>
        finding.Steps.Count == 0 && Adoption(entry) is { } adoption ? finding with { Steps = [adoption] } : finding;

    /// <summary>Everything that this entry is decided from, as instances that change when what they say does.</summary>
    public object?[] Inputs(
        IndexEntry entry,
        ScheduleState? state,
        SleepingTargets sleepers,
        bool acts,
        bool leads,
        (string?, bool) said
    )
    {
        object Seen(string kind, string name) =>
            cluster.Find(kind, entry.Namespace, name) is var look && look.It is { } it ? it : look.GetType();
        List<object?> inputs = [entry, state, sleepers.Sizes, acts, leads, said];
        if (entry is ScalerEntry)
            inputs.Add(Seen(ScheduleTarget.Hpa, entry.Name));
        else if (entry is TargetEntry { Target: { } target } one)
        {
            inputs.Add(
                target.Type is { } type
                    ? cluster.Find(type, entry.Namespace, target.Name)
                    : Seen(target.Kind, target.Name)
            );
            inputs.Add(Stored(one, target));
            if (one.Autoscaler is not null)
                inputs.Add(Seen(ScheduleTarget.Hpa, target.Name));
            if (HasSize(target))
                inputs.Add(
                    cluster.TryGovernorOf(target.In(entry.Namespace), out var governor)
                        ? governor
                        : typeof(ObjectLookup.Unknown)
                );
            else if (IsEmptied(one, target, state) && Behind(one, target) is var (kind, name) && IsWorkload(kind))
                inputs.Add(Seen(kind, name));
        }

        return [.. inputs];
    }

    /// <summary>
    /// Who wrote what a step changes last, when that was not Ebb; null: nobody, or that is not known.
    /// </summary>
    public string? SizedBy(ScheduleWrite step)
    {
        var (on, target) = (step.On, new ScheduleTarget(step.On.ApiVersion, step.On.Kind, step.On.Name));
        return step.Statement is null ? null
            : step is ScheduleWrite.Change && target.Type is { } type
                ? (cluster.Find(type, on.Namespace, on.Name) as WorkloadLookup.Found)?.Workload.SizedBy
            : cluster.Find(on.Kind, on.Namespace, on.Name).It?.SizedBy;
    }

    private StoredBaseline? Stored(TargetEntry entry, ScheduleTarget target) =>
        cluster.BaselineOf(ScheduleBaseline.Key(target.In(entry.Namespace)));

    private bool IsEmptied(TargetEntry entry, ScheduleTarget target, ScheduleState? state) =>
        state?.Bounds.Max == 0 || Stored(entry, target) is not null;

    /// <summary>The workload that an object scales, as far as that or what is stored of it says.</summary>
    private (string Kind, string Name)? Behind(TargetEntry entry, ScheduleTarget target) =>
        entry.Autoscaler is { } spec ? (spec.TargetKind, spec.TargetName)
        : target.Kind is ScheduleTarget.Hpa or ScheduleTarget.ScaledObject
        && cluster.Find(target.Kind, entry.Namespace, target.Name).It is { } governor
            ? HpaTarget.Of(governor)
        : Stored(entry, target)?.Before.Scales?.Split('/') is [var kind, var name] ? (kind, name)
        : null;

    private static bool IsWorkload(string kind) => kind is "Deployment" or "StatefulSet";

    /// <summary>It is, or may be, sized by replicas that an autoscaler may set, too.</summary>
    private static bool HasSize(ScheduleTarget target) =>
        IsWorkload(target.Kind) || target.Type?.Method == SleepMethod.Scale;

    private static ScheduleWrite? Adoption(TargetEntry entry) =>
        entry.Parent is null
            ? null
            : entry
                .Members.Where(member => member.Schedule is not null)
                .Select(member => TargetDecision.Adopt(member.Seen, entry.Parent))
                .FirstOrDefault(step => step is not null);

    private TargetInput Situation(
        TargetEntry entry,
        ScheduleTarget target,
        ScheduleState state,
        Func<SleepingTargets> sleepers,
        Instant now
    )
    {
        var place = entry.Namespace;
        // Read before power is asked, which stores what it has before it writes.
        var sleeper = target.Type is { } type ? cluster.Find(type, place, target.Name) : null;
        var situation = new TargetInput
        {
            Target = target,
            Namespace = place,
            State = state,
            SchedulesAsk = entry.Members.Any(member =>
                !nobodyAsks
                && member is { Schedule: { Suspend: false } schedule, Seen.Deleting: false, IsWithheld: false }
                && schedule.Rule.Bounds.AsksSize
                && schedule.Rule.Window.Contains(now)
            ),
            TimeScaled = entry.Members.Any(member => member.TimeScaler is not null),
            Sized = sleeper is null ? cluster.Find(target.Kind, place, target.Name) : ObjectLookup.Of(sleeper),
            Sleeper = sleeper,
            Autoscaler = entry.Autoscaler,
            Stored = Stored(entry, target),
            Now = now,
        };
        if (target.Type is not null)
            situation = situation with { AsleepFrom = sleepers().From(target.Type, place, target.Name) };
        if (HasSize(target))
            return cluster.TryGovernorOf(target.In(place), out var other)
                ? situation with
                {
                    Governor = other,
                    Asleep = sleepers().Of(new WorkloadName(target.Kind, place, target.Name)),
                }
                : situation with
                {
                    Sized = new ObjectLookup.Unknown("who else scales it has not been read yet"),
                    Sleeper = sleeper is null
                        ? null
                        : new WorkloadLookup.Unknown("who else scales it has not been read yet"),
                };
        if (target.Type is not null)
            return situation;
        if (target.Kind == ScheduleTarget.Autoscaler)
            situation = situation with { Hpa = cluster.Find(ScheduleTarget.Hpa, place, target.Name) };
        if (target.Kind == ScheduleTarget.ScaledObject)
        {
            var scaled = new WorkloadName(target.Kind, place, target.Name);
            situation = situation with { Asleep = sleepers().Of(scaled), PauseBefore = sleepers().PauseBefore(scaled) };
        }
        return Behind(entry, target) is var (kind, name)
            ? WithWorkload(situation, kind, name, IsEmptied(entry, target, state), sleepers)
            : situation;
    }

    /// <summary>
    /// What an HPA scales is only looked at when it is to be emptied or was, or when power has it asleep.
    /// </summary>
    private TargetInput WithWorkload(
        TargetInput situation,
        string kind,
        string name,
        bool emptied,
        Func<SleepingTargets> sleepers
    )
    {
        var scaled = situation.Target.Kind == ScheduleTarget.ScaledObject;
        if (!IsWorkload(kind))
            return scaled || !emptied
                ? situation
                : situation with
                {
                    Workload = new ObjectLookup.Absent(
                        $"{kind} {name} cannot be emptied by the clock: only a Deployment or StatefulSet can"
                    ),
                };
        situation = situation with { Scales = $"{kind}/{name}" };
        // Read before power is asked, which stores what it has before it writes.
        var workload = emptied ? cluster.Find(kind, situation.Namespace, name) : null;
        // A ScaledObject is asleep by its own pause.
        var asleep = scaled ? situation.Asleep : sleepers().Of(new WorkloadName(kind, situation.Namespace, name));
        return emptied || (!scaled && asleep is not null)
            ? situation with
            {
                Asleep = asleep,
                Workload = workload ?? cluster.Find(kind, situation.Namespace, name),
            }
            : situation;
    }
}
