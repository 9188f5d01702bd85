using System.Collections.Concurrent;
using System.Threading.Channels;
using Ebb.Tests.FunctionsHost.Protocol;
using Grpc.Core;

namespace Ebb.Tests.FunctionsHost;

/// <summary>The host's end of the worker's stream: requests go out, answers are matched to them by their ids.</summary>
internal sealed class HostStreams : FunctionRpc.FunctionRpcBase, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Channel<StreamingMessage> _out = Channel.CreateUnbounded<StreamingMessage>();
    private readonly ConcurrentDictionary<string, TaskCompletionSource<StreamingMessage>> _waiting = new();
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _cut = new();

    public Task StartedAsync() => _started.Task.WaitAsync(Patience);

    /// <summary>Ends the stream from the host's side, as a host does that fails in the middle of something.</summary>
    public Task CutAsync() => _cut.CancelAsync();

    public override async Task EventStream(
        IAsyncStreamReader<StreamingMessage> requestStream,
        IServerStreamWriter<StreamingMessage> responseStream,
        ServerCallContext context
    )
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, _cut.Token);
        var writing = WriteAsync(responseStream, ends.Token);
        try
        {
            while (await requestStream.MoveNext(ends.Token))
                Take(requestStream.Current);
        }
        catch (Exception failure) when (failure is OperationCanceledException or IOException)
        {
            // The worker has ended, or this stream was cut.
        }
        await ends.CancelAsync();
        await writing;
        foreach (var wait in _waiting.Values)
            wait.TrySetException(new IOException("the stream to the worker has ended"));
    }

    /// <summary>Sends a message and waits for its answer.</summary>
    /// <param name="key">What the answer carries: an id, or its kind.</param>
    /// <param name="message">The message.</param>
    public async Task<StreamingMessage> AskAsync(string key, StreamingMessage message)
    {
        var wait = _waiting[key] = new TaskCompletionSource<StreamingMessage>(
            TaskCreationOptions.RunContinuationsAsynchronously
        );
        Send(message);
        return await wait.Task.WaitAsync(Patience);
    }

    public void Send(StreamingMessage message)
    {
        message.RequestId = Guid.NewGuid().ToString();
        _out.Writer.TryWrite(message);
    }

    public void Dispose() => _cut.Dispose();

    private async Task WriteAsync(IServerStreamWriter<StreamingMessage> stream, CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var message in _out.Reader.ReadAllAsync(cancellationToken))
                await stream.WriteAsync(message, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // The stream has ended.
        }
    }

    private void Take(StreamingMessage message)
    {
        var key = message.ContentCase switch
        {
            StreamingMessage.ContentOneofCase.InvocationResponse => message.InvocationResponse.InvocationId,
            StreamingMessage.ContentOneofCase.FunctionLoadResponse => message.FunctionLoadResponse.FunctionId,
            _ => message.ContentCase.ToString(),
        };
        if (message.ContentCase == StreamingMessage.ContentOneofCase.StartStream)
            _started.TrySetResult();
        else if (_waiting.TryRemove(key, out var wait))
            wait.TrySetResult(message);
    }
}
