using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Ebb.Kubernetes.Connection;

/// <summary>A cluster, user or context of a kubeconfig.</summary>
/// <param name="value">What the library reads of it.</param>
/// <param name="file">Where it is.</param>
/// <param name="path">The path inside the file that faults are reported under.</param>
/// <param name="node">Its YAML, for what the library leaves out; null when it is empty.</param>
/// <param name="problems">Takes what is wrong.</param>
internal sealed class KubeconfigEntry<T>(
    T value,
    KubeconfigFile file,
    string path,
    YamlMappingNode? node,
    List<ConnectionProblem> problems
)
{
    public T Value { get; } = value;

    /// <summary>A path in the file, made absolute.</summary>
    public string Resolve(string relative) => System.IO.Path.Combine(file.Folder, relative);

    public void Report(string key, string expected, string found) =>
        problems.Add(new($"{file.Path}: {path}{(key.Length == 0 ? "" : $".{key}")}", expected, found));

    /// <summary>A text that the library does not read; null when there is none.</summary>
    /// <param name="keys">The member, or members one in the other.</param>
    public string? Text(params ReadOnlySpan<string> keys)
    {
        YamlNode? child = node;
        foreach (var key in keys)
            child = KubeconfigFile.Child(child, key);
        if (child is null or YamlScalarNode { Value: null or "" })
            return null;
        if (child is YamlScalarNode scalar)
            return scalar is { Style: ScalarStyle.Plain, Value: "null" or "~" } ? null : scalar.Value;
        Report(string.Join('.', keys), "text", "something else");
        return null;
    }

    /// <summary>The pairs of a mapping from texts to lists of texts.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> TextLists(string key)
    {
        var child = KubeconfigFile.Child(node, key);
        if (child is null)
            return [];
        if (
            child is YamlMappingNode mapping
            && mapping.Children.Values.All(list =>
                list is YamlSequenceNode items && items.Children.All(item => item is YamlScalarNode)
            )
        )
            return
            [
                .. from pair in mapping.Children
                from item in ((YamlSequenceNode)pair.Value).Children
                select KeyValuePair.Create($"{pair.Key}", $"{item}"),
            ];
        Report(key, "a mapping to lists of texts", "something else");
        return [];
    }
}
