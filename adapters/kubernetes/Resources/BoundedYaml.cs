using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Ebb.Kubernetes.Resources;

/// <summary>
/// YAML from outside, bounded while it is read: whoever builds nodes from it recurses with its depth, and a stack that
/// overflows ends the process.
/// </summary>
/// <param name="text">The documents.</param>
public sealed class BoundedYaml(string text) : IParser
{
    /// <summary>Levels, and nodes in all; more are a <see cref="YamlException"/>.</summary>
    public const int MostDeep = 64,
        MostNodes = 100_000;

    private readonly Parser _parser = new(new StringReader(text));
    private int _deep;
    private int _nodes;

    /// <inheritdoc/>
    public ParsingEvent? Current => _parser.Current;

    /// <inheritdoc/>
    public bool MoveNext()
    {
        if (!_parser.MoveNext())
            return false;
        if (_parser.Current is not { } now)
            return true;
        _deep += now.NestingIncrease;
        if (now is NodeEvent)
            _nodes++;
        // The stream and the document are two levels of their own.
        if (_deep > MostDeep + 2 || _nodes > MostNodes)
            throw new YamlException(now.Start, now.End, $"more than {MostNodes} nodes or {MostDeep} levels");
        return true;
    }
}
