using Ebb.Kubernetes.Capacity;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Ebb.Kubernetes.Connection;

/// <summary>
/// Kubeconfig files, merged as kubectl merges them: of several files the first one to name a cluster, user, context or the current
/// context wins; files of the list that do not exist are passed over.
/// </summary>
internal sealed class Kubeconfig
{
    private readonly Dictionary<string, KubeconfigNode> _clusters = [];
    private readonly Dictionary<string, KubeconfigNode> _users = [];
    private readonly Dictionary<string, KubeconfigNode> _contexts = [];
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
        var there = files.Where(File.Exists).ToList();
        var names = string.Join(Path.PathSeparator, files);
        if (there.Count == 0)
            throw new ConnectionException(
                "KUBECONFIG",
                "a kubeconfig file that exists",
                names.Length == 0 ? "nothing" : names
            );
        var merged = new Kubeconfig(names);
        foreach (var file in there)
            merged.Merge(file);
        merged.ThrowIfWrong();
        return merged.Resolve(string.IsNullOrWhiteSpace(context) ? null : context, time);
    }

    private void Merge(string file)
    {
        if (Load(file) is not { } root)
            return;
        var node = new KubeconfigNode(root, file, "", _problems);
        _current ??= node.Text("current-context");
        Merge(node, "clusters", "cluster", _clusters);
        Merge(node, "users", "user", _users);
        Merge(node, "contexts", "context", _contexts);
    }

    private static void Merge(KubeconfigNode root, string list, string member, Dictionary<string, KubeconfigNode> into)
    {
        foreach (var entry in root.Mappings(list))
        {
            if (entry.Text("name") is not { } name)
                entry.Report("name", "a name", "nothing");
            else if (entry.Mapping(member) is { } body)
                into.TryAdd(name, body);
        }
    }

    private YamlMappingNode? Load(string file)
    {
        try
        {
            using var reader = File.OpenText(file);
            var stream = new YamlStream();
            stream.Load(reader);
            if (stream.Documents.Count == 0)
                return null;
            if (stream.Documents[0].RootNode is YamlMappingNode root)
                return root;
            _problems.Add(new(file, "a kubeconfig", "something that is no mapping"));
        }
        catch (YamlException fault)
        {
            _problems.Add(new($"{file}, line {fault.Start.Line}", "YAML or JSON", "something that cannot be parsed"));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            var found = fault is IOException ? "one that cannot be read" : "one that may not be read";
            _problems.Add(new(file, "a file that may be read", found));
        }

        return null;
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

        var cluster = Referred(context, "cluster", _clusters, required: true);
        var user = Referred(context, "user", _users, required: false);
        var server = cluster is null ? null : KubeconfigCluster.Server(cluster);
        var authorities = cluster is null ? null : KubeconfigCluster.Authorities(cluster);
        var proxy = cluster is null ? null : KubeconfigCluster.Proxy(cluster);
        var skip = cluster?.Flag("insecure-skip-tls-verify") == true;
        if (skip && authorities is not null)
            cluster!.Report("insecure-skip-tls-verify", "not together with a certificate authority", "both");
        var certificate = user is null ? null : KubeconfigUser.ClientCertificate(user);
        var credential = user is null ? Credential.None : KubeconfigUser.Credential(user, cluster, time);
        ThrowIfWrong();
        return new ClusterConnection(server!, $"context {name} of {_files}")
        {
            Namespace = context.Text("namespace"),
            Credential = credential,
            ClientCertificate = certificate,
            Authorities = authorities,
            TlsServerName = cluster!.Text("tls-server-name"),
            SkipTlsVerification = skip,
            Proxy = proxy,
        };
    }

    private static KubeconfigNode? Referred(
        KubeconfigNode context,
        string key,
        Dictionary<string, KubeconfigNode> among,
        bool required
    )
    {
        var name = context.Text(key);
        if (name is not null && among.TryGetValue(name, out var node))
            return node;
        if (name is not null || required)
            context.Report(key, Known(among), name is null ? "nothing" : $"\"{name}\"");
        return null;
    }

    private static string Known(Dictionary<string, KubeconfigNode> among) =>
        among.Count == 0
            ? "a name, but none is defined"
            : $"one of {string.Join(", ", among.Keys.Order(StringComparer.Ordinal))}";

    private void ThrowIfWrong()
    {
        if (_problems.Count > 0)
            throw new ConnectionException([.. _problems]);
    }
}
