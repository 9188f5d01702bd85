using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Power;

/// <summary>A workload as it is known to be after Ebb has written its scale.</summary>
internal static class ScaledWorkload
{
    /// <summary>
    /// The object after its scale was written; the status is from before the write until the watch brings the next one.
    /// </summary>
    public static IKubernetesObject? Of(IKubernetesObject workload, Scale scale)
    {
        var replicas = scale.Spec?.Replicas ?? 0;
        return workload switch
        {
            Deployment deployment => deployment with
            {
                Metadata = After(deployment.Metadata, scale, deployment.Spec?.Replicas != replicas),
                Spec = (deployment.Spec ?? new DeploymentSpec(null, null)) with { Replicas = replicas },
            },
            StatefulSet set => set with
            {
                Metadata = After(set.Metadata, scale, set.Spec?.Replicas != replicas),
                Spec = (set.Spec ?? new StatefulSetSpec(null, null)) with { Replicas = replicas },
            },
            _ => null,
        };
    }

    private static ObjectMeta After(ObjectMeta meta, Scale scale, bool resized) =>
        meta with
        {
            ResourceVersion = scale.Metadata.ResourceVersion,
            Generation = meta.Generation + (resized ? 1 : 0),
            SizedBy = resized ? null : meta.SizedBy,
        };
}
