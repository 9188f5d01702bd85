using Ebb.Bench;
using Ebb.Bench.Scaler;
using Ebb.Bench.Schedules;

// dotnet publish functions -c Release -r linux-x64 -o artifacts/app
// dotnet run -c Release --project tests/bench -- power artifacts/app/Ebb.Functions
switch (args)
{
    case ["power", var app]:
        TickBench.Run();
        await PowerBench.RunAsync(Path.GetFullPath(app));
        return 0;
    // dotnet publish tests/bench/Empty -c Release -r linux-x64 -o artifacts/empty
    // dotnet run -c Release --project tests/bench -- start 11 artifacts/app/Ebb.Functions artifacts/empty/Ebb.Bench.Empty
    case ["start", var runs, .. var apps]:
        await PowerBench.StartAsync(
            int.Parse(runs, System.Globalization.CultureInfo.InvariantCulture),
            [.. apps.Select(Path.GetFullPath)]
        );
        return 0;
    case ["schedules"]:
        return
            ScheduleBench.OneWindow(Console.Out)
            & ScheduleBench.ManyWindows(Console.Out)
            & ScheduleBench.AYear(Console.Out)
            ? 0
            : 1;
    // dotnet publish scaler -c Release -o artifacts/scaler
    case ["grpc", var scaler, .. var flights]:
        await GrpcBench.RunAsync(
            Path.GetFullPath(scaler),
            Path.GetFullPath("tests/system/Scaler/Clients"),
            Path.GetFullPath("scaler/externalscaler.proto"),
            flights.Length == 0
                ? [1, 8, 64]
                : [.. flights.Select(flight => int.Parse(flight, System.Globalization.CultureInfo.InvariantCulture))]
        );
        return 0;
    case ["capacity", var scaler]:
        CapacityBench.Index();
        await CapacityBench.ProcessAsync(Path.GetFullPath(scaler));
        return 0;
    case ["harvest", var folder]:
        HarvestPlot.Run(folder);
        return 0;
    case ["fixed", var port, var how]:
        await GrpcBench.FixedAsync(int.Parse(port, System.Globalization.CultureInfo.InvariantCulture), how == "reads");
        return 0;
    default:
        Console.Error.WriteLine(
            "expected: power or start RUNS PATH-OF-THE-PUBLISHED-FUNCTIONS, schedules, grpc or capacity PATH-OF-THE-PUBLISHED-SCALER.dll, or harvest FOLDER"
        );
        return 2;
}
