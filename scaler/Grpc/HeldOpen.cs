using System.IO.Pipelines;

namespace Ebb.Scaler.Grpc;

/// <summary>
/// A transport that whoever uses it cannot end: Kestrel closes a socket as soon as its HTTP/2 is done with it, and a socket that is closed
/// while its client still sends answers with a reset, which takes from the client what it has not got yet (RFC 9112, 9.6, says the same of HTTP/1.1).
/// </summary>
internal sealed class HeldOpen(IDuplexPipe transport) : IDuplexPipe
{
    public PipeReader Input { get; } = new Reader(transport.Input);

    public PipeWriter Output { get; } = new Writer(transport.Output);

    private sealed class Reader(PipeReader inner) : PipeReader
    {
        public override bool TryRead(out ReadResult result) => inner.TryRead(out result);

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
            inner.ReadAsync(cancellationToken);

        public override void AdvanceTo(SequencePosition consumed) => inner.AdvanceTo(consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) =>
            inner.AdvanceTo(consumed, examined);

        public override void CancelPendingRead() => inner.CancelPendingRead();

        public override void Complete(Exception? exception = null)
        {
            // Whoever holds it open ends it.
        }
    }

    private sealed class Writer(PipeWriter inner) : PipeWriter
    {
        public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

        public override long UnflushedBytes => inner.UnflushedBytes;

        public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

        public override void Advance(int bytes) => inner.Advance(bytes);

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) =>
            inner.FlushAsync(cancellationToken);

        public override ValueTask<FlushResult> WriteAsync(
            ReadOnlyMemory<byte> source,
            CancellationToken cancellationToken = default
        ) => inner.WriteAsync(source, cancellationToken);

        public override void CancelPendingFlush() => inner.CancelPendingFlush();

        public override void Complete(Exception? exception = null)
        {
            // Whoever holds it open ends it.
        }
    }
}
