using System.Text;
using Ebb.Kubernetes.Resources;
using k8s;
using k8s.KubeConfigModels;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Ebb.Kubernetes.Connection;

/// <summary>
/// One kubeconfig file as the library reads it, and its YAML beside that: the library passes over proxy-url, tokenFile,
/// as-uid and interactiveMode without a word, and cannot read as-user-extra.
/// </summary>
internal sealed class KubeconfigFile
{
    private const string Extra = "as-user-extra";
    private readonly YamlMappingNode _root;
    private readonly List<ConnectionProblem> _problems;

    private KubeconfigFile(
        string path,
        K8SConfiguration content,
        YamlMappingNode root,
        List<ConnectionProblem> problems
    )
    {
        (Path, Content, _root, _problems) = (path, content, root, problems);
        Folder = System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path)) ?? "/";
    }

    public string Path { get; }

    /// <summary>The folder that relative paths in it are relative to.</summary>
    public string Folder { get; }

    public K8SConfiguration Content { get; }

    /// <summary>Null when it is empty, or when it cannot be read: then <paramref name="problems"/> says why.</summary>
    public static KubeconfigFile? Read(string path, List<ConnectionProblem> problems)
    {
        try
        {
            var text = Encoding.UTF8.GetString(BoundedFile.Read(path, BoundedFile.DocumentBytes));
            var yaml = new YamlStream();
            yaml.Load(new MergingParser(new BoundedYaml(text)));
            if (yaml.Documents.Count == 0)
                return null;
            if (yaml.Documents[0].RootNode is YamlMappingNode root)
                return Parse(path, text, yaml, root, problems);
            problems.Add(new(path, "a kubeconfig", "something that is not a mapping"));
        }
        // For some texts that are not YAML, YamlDotNet throws what does not derive from YamlException.
        catch (Exception fault) when (fault is YamlException or InvalidOperationException or ArgumentException)
        {
            var place = fault is YamlException { Start.Line: var line } ? $"{path}, line {line}" : path;
            problems.Add(new(place, "YAML or JSON", "something that cannot be parsed"));
        }
        catch (InvalidDataException fault)
        {
            problems.Add(new(path, "a kubeconfig", fault.Message));
        }
        catch (Exception fault) when (BoundedFile.IsFault(fault))
        {
            var found = fault is IOException ? "one that cannot be read" : "one that may not be read";
            problems.Add(new(path, "a file that may be read", found));
        }

        return null;
    }

    /// <summary>The named entries of a list; the others are reported.</summary>
    public IEnumerable<KeyValuePair<string, KubeconfigEntry<TBody>>> Entries<TEntry, TBody>(
        string list,
        string member,
        List<TEntry?>? entries,
        Func<TEntry, (string? Name, TBody? Body)> parts
    )
        where TEntry : class
        where TBody : class, new()
    {
        for (var i = 0; i < (entries?.Count ?? 0); i++)
        {
            var (name, body) = entries![i] is { } entry ? parts(entry) : (null, null);
            if (string.IsNullOrEmpty(name))
                _problems.Add(new($"{Path}: {list}[{i}].name", "a name", "nothing"));
            else
                yield return new(
                    name,
                    new(body ?? new(), this, $"{list}[{i}].{member}", Node(list, i, member), _problems)
                );
        }
    }

    private static KubeconfigFile? Parse(
        string path,
        string text,
        YamlStream yaml,
        YamlMappingNode root,
        List<ConnectionProblem> problems
    )
    {
        try
        {
            using var bytes = new MemoryStream(Encoding.UTF8.GetBytes(WithoutExtra(text, yaml, root)));
            var content = KubernetesClientConfiguration.LoadKubeConfig(bytes);
            return new KubeconfigFile(path, content, root, problems);
        }
        catch (YamlException fault)
        {
            // The library's message quotes the value, which may be a token in the wrong place.
            var at = Find(root, "", fault.Start) is { } found ? $"{path}: {found}" : path;
            var expected = fault.InnerException is FormatException ? "true or false" : "what a kubeconfig has there";
            problems.Add(new(at, expected, "something else"));
            return null;
        }
    }

    private static string WithoutExtra(string text, YamlStream yaml, YamlMappingNode root)
    {
        var kept = new List<(YamlMappingNode User, YamlNode Extra)>();
        foreach (var entry in Child(root, "users") is YamlSequenceNode users ? users.Children : [])
            if (Child(entry, "user") is YamlMappingNode user && Child(user, Extra) is { } extra)
                kept.Add((user, extra));
        if (kept.Count == 0)
            return text;
        foreach (var (user, _) in kept)
            user.Children.Remove(new YamlScalarNode(Extra));
        using var rest = new StringWriter();
        yaml.Save(rest, assignAnchors: false);
        foreach (var (user, extra) in kept)
            user.Children.Add(new YamlScalarNode(Extra), extra);
        return rest.ToString();
    }

    private YamlMappingNode? Node(string list, int index, string member) =>
        Child(_root, list) is YamlSequenceNode items && index < items.Children.Count
            ? Child(items.Children[index], member) as YamlMappingNode
            : null;

    /// <summary>A member of a mapping; null when it is none or has no such member.</summary>
    public static YamlNode? Child(YamlNode? node, string key) =>
        node is YamlMappingNode mapping && mapping.Children.TryGetValue(new YamlScalarNode(key), out var child)
            ? child
            : null;

    /// <summary>The path of the innermost value that begins at a place in the text.</summary>
    private static string? Find(YamlNode node, string path, Mark place)
    {
        var children = node switch
        {
            YamlMappingNode mapping => mapping.Children.Select(pair =>
                (Path: path.Length == 0 ? $"{pair.Key}" : $"{path}.{pair.Key}", pair.Value)
            ),
            YamlSequenceNode sequence => sequence.Children.Select((item, i) => (Path: $"{path}[{i}]", Value: item)),
            _ => [],
        };
        foreach (var child in children)
            if (Find(child.Value, child.Path, place) is { } found)
                return found;
        return node.Start.Index == place.Index && path.Length > 0 ? path : null;
    }
}
