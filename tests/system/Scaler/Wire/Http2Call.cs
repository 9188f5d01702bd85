namespace Ebb.Tests.Scaler.Wire;

/// <summary>One call and what came back on its stream.</summary>
internal sealed class Http2Call
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<byte> _body = [];

    public int Id { get; set; }

    /// <summary>Header blocks, one after the other: one for trailers-only, two otherwise.</summary>
    public List<Dictionary<string, string>> Blocks { get; } = [];

    public int? ResetWith { get; private set; }

    public Task Ended => _ended.Task;

    public Task Begun => _begun.Task;

    public byte[] Body
    {
        get
        {
            lock (_body)
                return [.. _body];
        }
    }

    public bool TrailersOnly => Blocks.Count == 1 && Blocks[0].ContainsKey("grpc-status");

    public string HttpStatus => Blocks[0][":status"];

    public int? Status =>
        Blocks.Count > 0 && Blocks[^1].TryGetValue("grpc-status", out var status)
            ? int.Parse(status, System.Globalization.CultureInfo.InvariantCulture)
            : null;

    public string Message => Uri.UnescapeDataString(Blocks[^1].GetValueOrDefault("grpc-message", ""));

    public void Add(Dictionary<string, string> block)
    {
        Blocks.Add(block);
        _begun.TrySetResult();
    }

    public void Add(byte[] data)
    {
        lock (_body)
            _body.AddRange(data);
    }

    public void End(int? code)
    {
        ResetWith ??= code;
        _begun.TrySetResult();
        _ended.TrySetResult();
    }
}
