namespace Ebb.Core.Workloads;

/// <summary>A KEDA ScaledObject as it was last seen.</summary>
/// <param name="Ref">The ScaledObject itself.</param>
/// <param name="Uid">Its UID.</param>
/// <param name="ResourceVersion">The version that a write to it expects.</param>
/// <param name="Annotations">Its annotations.</param>
public sealed record ScaledObjectView(
    ObjectRef Ref,
    string Uid,
    string ResourceVersion,
    IReadOnlyDictionary<string, string> Annotations
)
{
    /// <summary>Its labels.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();
}
