using Ebb.Bench;
using Ebb.Bench.Schedules;

// dotnet publish functions -c Release -r linux-x64 -o artifacts/app
// dotnet run -c Release --project tests/bench -- power artifacts/app/Ebb.Functions
switch (args)
{
    case ["power", var app]:
        TickBench.Run();
        await PowerBench.RunAsync(Path.GetFullPath(app));
        return 0;
    case ["schedules"]:
        return ScheduleBench.OneWindow(Console.Out) & ScheduleBench.ManyWindows(Console.Out) & ScheduleBench.AYear(Console.Out) ? 0 : 1;
    default:
        Console.Error.WriteLine("expected: power PATH-OF-THE-PUBLISHED-FUNCTIONS, or schedules");
        return 2;
}
