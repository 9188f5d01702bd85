using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Api;

/// <summary>One request: what it is called, what it carries, and how long and how often it may be tried.</summary>
/// <param name="Verb">RBAC's word: get, list, watch, create, update, patch, delete.</param>
/// <param name="Type">The kind.</param>
/// <param name="Namespace">Null or empty: all, or a kind without namespaces.</param>
/// <param name="Name">Null for a collection.</param>
internal sealed record ApiRequest(string Verb, ResourceType Type, string? Namespace, string? Name)
{
    public string? Subresource { get; init; }

    public string Query { get; init; } = "";

    public ReadOnlyMemory<byte>? Body { get; init; }

    public string ContentType { get; init; } = "application/json";

    /// <summary>All attempts together; zero: what the options say.</summary>
    public TimeSpan Deadline { get; init; }

    /// <summary>One attempt; zero: what the options say.</summary>
    public TimeSpan Attempt { get; init; }

    /// <summary>
    /// One attempt that the server keeps while it answers others, as it does while it waits for a webhook; zero: no
    /// longer than any other.
    /// </summary>
    public TimeSpan Patience { get; init; }

    /// <summary>Null: as many as the options allow.</summary>
    public int? Attempts { get; init; }

    public bool Writes => Verb is "create" or "update" or "patch" or "delete";

    public HttpMethod Method =>
        Verb switch
        {
            "create" => HttpMethod.Post,
            "update" => HttpMethod.Put,
            "patch" => HttpMethod.Patch,
            "delete" => HttpMethod.Delete,
            _ => HttpMethod.Get,
        };

    public string Path => Type.Path(Namespace, Name, Subresource) + Query;

    /// <summary>
    /// Verb and resource as RBAC has them, then the object: <c>patch deployments.apps/scale shop/web</c>.
    /// </summary>
    public override string ToString()
    {
        var part = Subresource is null ? "" : $"/{Subresource}";
        var place = (string.IsNullOrEmpty(Namespace), Name) switch
        {
            (true, null) => "",
            (true, _) => $" {Name}",
            (false, null) => $" in {Namespace}",
            _ => $" {Namespace}/{Name}",
        };
        return $"{Verb} {Type}{part}{place}";
    }
}
