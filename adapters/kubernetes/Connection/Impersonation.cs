using System.Net.Http.Headers;

namespace Ebb.Kubernetes.Connection;

/// <summary>
/// As whom requests are made (<c>as</c>, <c>as-uid</c>, <c>as-groups</c>, <c>as-user-extra</c> of a kubeconfig).
/// </summary>
/// <param name="User">The user's name.</param>
/// <param name="Uid">The user's UID; null: none.</param>
/// <param name="Groups">The user's groups.</param>
/// <param name="Extra">Further values by key.</param>
internal sealed record Impersonation(
    string User,
    string? Uid,
    IReadOnlyList<string> Groups,
    IReadOnlyList<KeyValuePair<string, string>> Extra
)
{
    public void AddTo(HttpRequestHeaders headers)
    {
        headers.TryAddWithoutValidation("Impersonate-User", User);
        if (Uid is not null)
            headers.TryAddWithoutValidation("Impersonate-Uid", Uid);
        foreach (var group in Groups)
            headers.TryAddWithoutValidation("Impersonate-Group", group);
        // The API server decodes the key, so that it may hold what a header's name cannot.
        foreach (var (key, value) in Extra)
            headers.TryAddWithoutValidation($"Impersonate-Extra-{Uri.EscapeDataString(key)}", value);
    }
}
