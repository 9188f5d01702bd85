namespace Ebb.Engine.Loops;

/// <summary>
/// Runs work, and everything that goes on from what it awaits, on one thread that nothing else uses: requests and
/// documents, however many, cannot take it. Sockets and timers are the runtime's all the same.
/// </summary>
internal sealed class OwnScheduler : TaskScheduler
{
    private readonly Queue<Task> _tasks = [];
    private readonly Thread _thread;
    private bool _isOver;

    public OwnScheduler(string name)
    {
        _thread = new Thread(Work) { IsBackground = true, Name = name };
        _thread.Start();
    }

    public override int MaximumConcurrencyLevel => 1;

    /// <summary>Runs the work; the thread ends with it.</summary>
    public async Task RunAsync(Func<Task> work)
    {
        try
        {
            await Task
                .Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.DenyChildAttach, this)
                .Unwrap()
                .ConfigureAwait(false);
        }
        finally
        {
            lock (_tasks)
            {
                _isOver = true;
                Monitor.Pulse(_tasks);
            }
        }
    }

    protected override void QueueTask(Task task)
    {
        lock (_tasks)
            if (!_isOver)
            {
                _tasks.Enqueue(task);
                Monitor.Pulse(_tasks);
                return;
            }
        // Left over from what was told to stop.
        ThreadPool.UnsafeQueueUserWorkItem(_ => TryExecuteTask(task), null);
    }

    protected override bool TryExecuteTaskInline(Task task, bool taskWasPreviouslyQueued) =>
        Thread.CurrentThread == _thread && !taskWasPreviouslyQueued && TryExecuteTask(task);

    protected override IEnumerable<Task> GetScheduledTasks()
    {
        lock (_tasks)
            return [.. _tasks];
    }

    private void Work()
    {
        while (true)
        {
            Task? task;
            lock (_tasks)
            {
                while (!_tasks.TryDequeue(out task))
                {
                    if (_isOver)
                        return;
                    Monitor.Wait(_tasks);
                }
            }
            TryExecuteTask(task);
        }
    }
}
