using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Ebb.Kubernetes.Resources;

/// <summary>
/// YAML from outside, bounded while it is read: whoever builds nodes from it recurses with its depth, and a stack that
/// overflows ends the process. Keys are texts: a key is hashed when it is looked up, and
/// hashing one that is built of aliases of aliases takes exponential time.
/// </summary>
/// <param name="text">The documents.</param>
public sealed class BoundedYaml(string text) : IParser
{
    /// <summary>Levels, and nodes in all; more are a <see cref="YamlException"/>.</summary>
    public const int MostDeep = 64,
        MostNodes = 100_000;

    private readonly Parser _parser = new(new StringReader(text));
    private readonly Stack<Place> _open = new();
    private int _deep;
    private int _nodes;

    /// <inheritdoc/>
    public ParsingEvent? Current => _parser.Current;

    /// <inheritdoc/>
    public bool MoveNext()
    {
        if (!TryMove())
            return false;
        if (_parser.Current is not { } now)
            return true;
        _deep += now.NestingIncrease;
        if (now is NodeEvent)
            _nodes++;
        // The stream and the document are two levels of their own.
        if (_deep > MostDeep + 2 || _nodes > MostNodes)
            throw new YamlException(now.Start, now.End, $"more than {MostNodes} nodes or {MostDeep} levels");
        Follow(now);
        return true;
    }

    private bool TryMove()
    {
        try
        {
            return _parser.MoveNext();
        }
        catch (Exception fault) when (fault is not YamlException)
        {
            // What it did not foresee is as much a fault of the text as what it did.
            var at = _parser.Current?.End ?? Mark.Empty;
            throw new YamlException(at, at, "something that cannot be read after this", fault);
        }
    }

    private void Follow(ParsingEvent now)
    {
        // The parser takes some broken mappings for whole ones, and who builds nodes from it does not expect their end.
        if (
            now is MappingEnd && !(_open.TryPop(out var mapping) && mapping == Place.Key)
            || now is SequenceEnd && !(_open.TryPop(out var sequence) && sequence == Place.Item)
            || now is DocumentEnd && _open.Count > 0
        )
            throw new YamlException(now.Start, now.End, "an end where a value is missing");
        if (now is not (NodeEvent or AnchorAlias))
            return;
        if (_open.TryPop(out var place))
        {
            if (place == Place.Key && now is not Scalar)
                throw new YamlException(now.Start, now.End, "a key that is not a text");
            _open.Push(
                place switch
                {
                    Place.Key => Place.Value,
                    Place.Value => Place.Key,
                    _ => Place.Item,
                }
            );
        }
        if (now is MappingStart)
            _open.Push(Place.Key);
        else if (now is SequenceStart)
            _open.Push(Place.Item);
    }

    /// <summary>What comes next in a collection.</summary>
    private enum Place
    {
        Item,
        Key,
        Value,
    }
}
