using Ebb.Core.Overrides;
using Ebb.Core.Ports;
using Ebb.Core.Waves;
using Ebb.Core.Workloads;
using Ebb.Engine.Power;
using Ebb.Engine.Settings;

namespace Ebb.Engine.Overrides;

/// <summary>The workloads that overrides name, as they are now. Safe from several threads.</summary>
internal sealed class OverrideTargets(
    ICluster cluster,
    ProtectedWorkloads guarded,
    EbbSettings settings,
    UnlistedWorkloads unlisted
)
{
    private volatile Known? _known;

    /// <summary>Null: its kind names none.</summary>
    public OverrideTarget? Find(OverrideKey key)
    {
        if (WorkloadType.Parse(key.Kind) is not { } type)
            return null;
        var target =
            Listed(type, key.Namespace, key.Name) is { } member && OverrideTarget.Of(member) is { } listed
                ? listed
                : unlisted.Find(type, key.Namespace, key.Name);
        // Power may have it under another name, such as that of the ScaledObject that scales it.
        return
            target is { Baseline: null, Workload: { } workload }
            && Members.FirstOrDefault(m => m.Scaler.Baseline is not null && m.Workload?.Ref == workload.Ref)
                is { } other
            ? target with
            {
                Baseline = other.Scaler.Baseline,
                IsUnderAnotherName = true,
            }
            : target;
    }

    /// <summary>
    /// The UpsScaler that power acts on; not one that is refused, since somebody else's mistake, or somebody who may
    /// not speak of it, says nothing of the workload.
    /// </summary>
    public Member? Listed(WorkloadType type, string @namespace, string name) =>
        Members.FirstOrDefault(m =>
            m.Type?.Name == type.Name
            && m.Scaler.TargetNamespace == @namespace
            && m.Scaler.TargetName == name
            && Counts(m)
        );

    /// <summary>The UpsScaler that names the same workload in another way.</summary>
    public Member? Listed(ObjectRef workload) => Members.FirstOrDefault(m => m.Workload?.Ref == workload && Counts(m));

    private static bool Counts(Member member) => member.Refusal is null || member.Scaler.Baseline is not null;

    private IReadOnlyList<Member> Members
    {
        get
        {
            var scalers = cluster.Known.Scalers;
            var targets = guarded.Targets;
            if (
                _known is not { } known
                || !ReferenceEquals(known.Scalers, scalers)
                || !ReferenceEquals(known.Guarded, targets)
            )
                _known = known = new Known(
                    scalers,
                    targets,
                    UpsScalerValidation.Of(scalers, targets, settings.AdminNamespaces, null, settings.GitOps)
                );
            return known.Members;
        }
    }

    private sealed record Known(
        IReadOnlyList<UpsScalerView> Scalers,
        IReadOnlyCollection<Protected> Guarded,
        IReadOnlyList<Member> Members
    );
}
