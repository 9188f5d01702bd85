using System.Buffers;
using System.IO.Pipelines;

namespace Ebb.Scaler.Grpc;

/// <summary>A message as it was received; valid until it is released.</summary>
internal readonly struct MessageFrame(ReadOnlySequence<byte> body, PipeReader? reader, SequencePosition end)
{
    public ReadOnlySequence<byte> Body { get; } = body;

    public void Release() => reader?.AdvanceTo(end);
}
