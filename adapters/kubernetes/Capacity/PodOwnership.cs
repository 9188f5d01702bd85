using System.Buffers;
using Ebb.Core.Capacity;
using Ebb.Core.Workloads;
using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Capacity;

/// <summary>
/// Whether a pod belongs to a workload: by its controller, since labels alone may be another workload's too. A
/// ReplicaSet is its Deployment's by its name, which is the Deployment's with the hash that its pods are labelled with,
/// so that no ReplicaSet need be watched.
/// </summary>
/// <param name="target">The workload.</param>
/// <param name="uid">Its UID.</param>
/// <param name="selector">Its selector; null: it has none.</param>
internal sealed class PodOwnership(ObjectRef target, string uid, LabelSelector? selector)
{
    private const string DeploymentHash = "pod-template-hash";
    private const string RolloutHash = "rollouts-pod-template-hash";
    private const string JobUid = "batch.kubernetes.io/controller-uid";
    private static readonly SearchValues<char> GeneratedLetters = SearchValues.Create("bcdfghjklmnpqrstvwxz2456789");

    public bool Owns(PodFacts pod)
    {
        if (pod.Namespace != target.Namespace)
            return false;
        if (pod.Owner is not { } owner)
            return IsSelected(pod) && IsAdopted(pod);
        if (owner.Uid.Length > 0 && owner.Uid == uid)
            return true;
        return target.Kind switch
        {
            "StatefulSet" or "ReplicaSet" or "ReplicationController" => false,
            "Deployment" => IsSetOfTarget(pod, owner, DeploymentHash),
            "Rollout" => IsSetOfTarget(pod, owner, RolloutHash),
            "ScaledJob" => owner.Kind == "Job" && IsGenerated(owner.Name),
            // What other kinds put between themselves and their pods is not known.
            _ => IsSelected(pod),
        };
    }

    // A controller adopts what its own selector means, and those that a workload puts between itself and its pods have
    // one line more in theirs; a StatefulSet takes none but by name.
    private bool IsAdopted(PodFacts pod) =>
        target.Kind switch
        {
            "Deployment" => pod.Labels.ContainsKey(DeploymentHash),
            "Rollout" => pod.Labels.ContainsKey(RolloutHash),
            "ScaledJob" => pod.Labels.ContainsKey(JobUid),
            "StatefulSet" => IsReplicaOfSet(pod.Name),
            _ => true,
        };

    private bool IsReplicaOfSet(string pod) =>
        pod.Length > target.Name.Length + 1
        && pod[target.Name.Length] == '-'
        && pod.StartsWith(target.Name, StringComparison.Ordinal)
        && pod.AsSpan(target.Name.Length + 1).IndexOfAnyExceptInRange('0', '9') < 0;

    // KEDA has the API server generate the names of Jobs: five letters of those that make no words.
    private bool IsGenerated(string job) =>
        job.Length == target.Name.Length + 6
        && job[target.Name.Length] == '-'
        && job.StartsWith(target.Name, StringComparison.Ordinal)
        && job.AsSpan(target.Name.Length + 1).IndexOfAnyExcept(GeneratedLetters) < 0;

    private bool IsSelected(PodFacts pod) => selector?.Selects((SmallDictionary)pod.Labels) == true;

    private bool IsSetOfTarget(PodFacts pod, PodOwner owner, string label) =>
        owner.Kind == "ReplicaSet"
        && pod.Labels.TryGetValue(label, out var hash)
        && owner.Name.Length == target.Name.Length + 1 + hash.Length
        && owner.Name[target.Name.Length] == '-'
        && owner.Name.StartsWith(target.Name, StringComparison.Ordinal)
        && owner.Name.EndsWith(hash, StringComparison.Ordinal)
        && IsSelected(pod);
}
