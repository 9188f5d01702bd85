namespace Ebb.Core.Workloads;

/// <summary>A namespaced object as Kubernetes names it.</summary>
/// <param name="ApiVersion"><c>group/version</c>, or only the version for the core group.</param>
/// <param name="Kind">The kind, in its own spelling.</param>
/// <param name="Namespace">The namespace.</param>
/// <param name="Name">The name.</param>
public sealed record ObjectRef(string ApiVersion, string Kind, string Namespace, string Name)
{
    /// <summary><c>Kind namespace/name</c>, as it stands in reasons and logs.</summary>
    public override string ToString() => $"{Kind} {Namespace}/{Name}";
}
