namespace Ebb.Core.Workloads;

/// <summary>An object as Kubernetes names it.</summary>
/// <param name="ApiVersion"><c>group/version</c>, or only the version for the core group.</param>
/// <param name="Kind">The kind, in its own spelling.</param>
/// <param name="Namespace">The namespace; empty: it lives in none.</param>
/// <param name="Name">The name.</param>
public sealed record ObjectRef(string ApiVersion, string Kind, string Namespace, string Name)
{
    /// <summary><c>Kind namespace/name</c>, as it stands in reasons and logs.</summary>
    public override string ToString() => $"{Kind} {Placed(Namespace, Name)}";

    /// <summary><c>namespace/name</c>, or the name alone of what lives in no namespace.</summary>
    public static string Placed(string @namespace, string name) =>
        string.IsNullOrEmpty(@namespace) ? name : $"{@namespace}/{name}";
}
