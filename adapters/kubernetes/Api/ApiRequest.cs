using Ebb.Kubernetes.Resources;

namespace Ebb.Kubernetes.Api;

/// <summary>One request with its manners: what it is called, how long it may take, whether doing it twice does harm.</summary>
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

    public TimeSpan Deadline { get; init; }

    public TimeSpan Attempt { get; init; }

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

    /// <summary>Verb and resource as RBAC has them, then the object: <c>patch deployments.apps/scale shop/web</c>.</summary>
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
