using k8s;
using k8s.KubeConfigModels;

namespace Ebb.Kubernetes.Connection;

/// <summary>
/// Kubeconfig files, merged as kubectl merges them: of several files the first one to name a cluster, user, context or
/// the current context wins; files of the list that do not exist are passed over. The library's own merge refuses
/// missing files and takes relative paths of every file from the first file's folder.
/// </summary>
internal sealed class Kubeconfig
{
    private readonly Dictionary<string, KubeconfigEntry<ClusterEndpoint>> _clusters = [];
    private readonly Dictionary<string, KubeconfigEntry<UserCredentials>> _users = [];
    private readonly Dictionary<string, KubeconfigEntry<ContextDetails>> _contexts = [];
    private readonly List<ConnectionProblem> _problems = [];
    private readonly string _files;
    private string? _current;

    private Kubeconfig(string files) => _files = files;

    /// <summary>The files to read: what was set, else KUBECONFIG, else the one in the home folder.</summary>
    public static IReadOnlyList<string> Files(string? setting, Func<string, string?> environment)
    {
        var list = string.IsNullOrWhiteSpace(setting) ? environment("KUBECONFIG") : setting;
        if (!string.IsNullOrWhiteSpace(list))
            return list.Split(
                Path.PathSeparator,
                StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries
            );
        var home = environment("HOME");
        return string.IsNullOrEmpty(home) ? [] : [Path.Combine(home, ".kube", "config")];
    }

    /// <summary>What the context says, or everything that is wrong with it.</summary>
    /// <exception cref="ConnectionException">Something is missing or not what it must be.</exception>
    public static ClusterConnection Read(IReadOnlyList<string> files, string? context, TimeProvider time)
    {
        var present = files.Where(File.Exists).ToList();
        var names = string.Join(Path.PathSeparator, files);
        if (present.Count == 0)
            throw new ConnectionException(
                "KUBECONFIG",
                "a kubeconfig file that exists",
                names.Length == 0 ? "nothing" : names
            );
        var merged = new Kubeconfig(names);
        foreach (var path in present)
            if (KubeconfigFile.Read(path, merged._problems) is { } file)
                merged.Add(file);
        merged.ThrowIfWrong();
        return merged.Resolve(string.IsNullOrWhiteSpace(context) ? null : context, time);
    }

    private void Add(KubeconfigFile file)
    {
        var content = file.Content;
        _current ??= string.IsNullOrEmpty(content.CurrentContext) ? null : content.CurrentContext;
        foreach (
            var (name, entry) in file.Entries("clusters", "cluster", content.Clusters, c => (c.Name, c.ClusterEndpoint))
        )
            _clusters.TryAdd(name, entry);
        foreach (var (name, entry) in file.Entries("users", "user", content.Users, u => (u.Name, u.UserCredentials)))
            _users.TryAdd(name, entry);
        foreach (
            var (name, entry) in file.Entries("contexts", "context", content.Contexts, c => (c.Name, c.ContextDetails))
        )
            _contexts.TryAdd(name, entry);
    }

    private ClusterConnection Resolve(string? wanted, TimeProvider time)
    {
        var name = wanted ?? _current;
        if (name is null)
            throw new ConnectionException(
                $"{_files}: current-context",
                $"a context, or Cluster__Context ({Known(_contexts)})",
                "nothing"
            );
        if (!_contexts.TryGetValue(name, out var context))
            throw new ConnectionException(
                wanted is null ? $"{_files}: current-context" : "Cluster__Context",
                Known(_contexts),
                $"\"{name}\""
            );

        var configuration = new KubernetesClientConfiguration { Namespace = context.Value.Namespace };
        var cluster = Referred(context, "cluster", context.Value.Cluster, _clusters, required: true);
        var user = Referred(context, "user", context.Value.User, _users, required: false);
        var proxy = cluster is null ? null : KubeconfigCluster.Apply(cluster, configuration);
        var impersonation = user is null ? null : KubeconfigUser.ReadImpersonation(user);
        var certificate = user is null ? null : KubeconfigUser.ReadCertificate(user);
        if (user is not null && cluster is not null)
            KubeconfigUser.Apply(user, cluster, configuration, time);
        ThrowIfWrong();
        return new ClusterConnection(configuration, $"context {name} of {_files}")
        {
            ClientCertificate = certificate,
            Impersonation = impersonation,
            Proxy = proxy,
        };
    }

    private static KubeconfigEntry<T>? Referred<T>(
        KubeconfigEntry<ContextDetails> context,
        string key,
        string? name,
        Dictionary<string, KubeconfigEntry<T>> among,
        bool required
    )
    {
        if (!string.IsNullOrEmpty(name) && among.TryGetValue(name, out var entry))
            return entry;
        if (!string.IsNullOrEmpty(name) || required)
            context.Report(key, Known(among), string.IsNullOrEmpty(name) ? "nothing" : $"\"{name}\"");
        return null;
    }

    private static string Known<T>(Dictionary<string, T> among) =>
        among.Count == 0
            ? "a name, but none is defined"
            : $"one of {string.Join(", ", among.Keys.Order(StringComparer.Ordinal))}";

    private void ThrowIfWrong()
    {
        if (_problems.Count > 0)
            throw new ConnectionException([.. _problems.Distinct()]);
    }
}
