namespace Ebb.Kubernetes;

/// <summary>Why a kind cannot be read.</summary>
/// <param name="Code">The HTTP status; null when there was no answer.</param>
/// <param name="Sentence">For people.</param>
public sealed record WatchTrouble(int? Code, string Sentence)
{
    /// <summary>A right is missing or the kind is not served: waiting alone will not help, so others need not wait for it.</summary>
    public bool IsLasting => Code is 401 or 403 or 404 or 405;

    internal static WatchTrouble Of(ResourceType type, KubernetesException fault) =>
        new(fault.Code, fault.Code == 404
            ? $"{type} is not served: its CustomResourceDefinition is not installed, or in another version"
            : fault.Message);
}
