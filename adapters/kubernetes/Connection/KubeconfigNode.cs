using YamlDotNet.RepresentationModel;

namespace Ebb.Kubernetes.Connection;

/// <summary>One mapping of a kubeconfig, with the path that faults in it are reported under.</summary>
internal sealed class KubeconfigNode(YamlMappingNode node, string file, string path, List<ConnectionProblem> problems)
{
    /// <summary>The folder that relative paths in it are relative to.</summary>
    public string Folder { get; } = Path.GetDirectoryName(Path.GetFullPath(file)) ?? "/";

    public string PathOf(string key) => $"{file}: {path}{(path.Length == 0 ? "" : ".")}{key}";

    public string? Text(string key)
    {
        switch (Child(key))
        {
            case null:
                return null;
            case YamlScalarNode scalar:
                return
                    string.IsNullOrEmpty(scalar.Value)
                    || scalar is { Value: "null" or "~", Style: YamlDotNet.Core.ScalarStyle.Plain }
                    ? null
                    : scalar.Value;
            case var other:
                Report(key, "text", Words(other));
                return null;
        }
    }

    public bool Flag(string key)
    {
        var text = Text(key);
        if (text is null or "false")
            return false;
        if (text == "true")
            return true;
        Report(key, "true or false", $"\"{text}\"");
        return false;
    }

    public KubeconfigNode? Mapping(string key)
    {
        switch (Child(key))
        {
            case null:
            case YamlScalarNode { Value: null or "" or "null" or "~" }:
                return null;
            case YamlMappingNode mapping:
                return new KubeconfigNode(mapping, file, $"{path}{(path.Length == 0 ? "" : ".")}{key}", problems);
            case var other:
                Report(key, "a mapping", Words(other));
                return null;
        }
    }

    /// <summary>The mappings of a list, in order.</summary>
    public IReadOnlyList<KubeconfigNode> Mappings(string key)
    {
        var found = new List<KubeconfigNode>();
        foreach (var (item, at) in Items(key))
        {
            if (item is YamlMappingNode mapping)
                found.Add(new KubeconfigNode(mapping, file, at, problems));
            else
                problems.Add(new($"{file}: {at}", "a mapping", Words(item)));
        }

        return found;
    }

    /// <summary>The texts of a list, in order.</summary>
    public IReadOnlyList<string> Texts(string key)
    {
        var found = new List<string>();
        foreach (var (item, at) in Items(key))
        {
            if (item is YamlScalarNode { Value: { } text })
                found.Add(text);
            else
                problems.Add(new($"{file}: {at}", "text", Words(item)));
        }

        return found;
    }

    public void Report(string key, string expected, string found) => problems.Add(new(PathOf(key), expected, found));

    private IEnumerable<(YamlNode Item, string At)> Items(string key)
    {
        switch (Child(key))
        {
            case null:
            case YamlScalarNode { Value: null or "" or "null" or "~" }:
                break;
            case YamlSequenceNode sequence:
                for (var i = 0; i < sequence.Children.Count; i++)
                    yield return (sequence.Children[i], $"{path}{(path.Length == 0 ? "" : ".")}{key}[{i}]");
                break;
            case var other:
                Report(key, "a list", Words(other));
                break;
        }
    }

    private YamlNode? Child(string key) =>
        node.Children.TryGetValue(new YamlScalarNode(key), out var child) ? child : null;

    // Never the value itself: it may be a token in the wrong place.
    private static string Words(YamlNode node) =>
        node switch
        {
            YamlSequenceNode => "a list",
            YamlMappingNode => "a mapping",
            _ => "text",
        };
}
